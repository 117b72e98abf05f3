import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { UsbKey } from '#contract/keys.ts'
import { formatUsbId } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'

/** Keys that the USB bus shows but no driver speaks to, by name and USB id. */
export const MissingDrivers = ({ usbKeys }: { readonly usbKeys: readonly UsbKey[] }) => {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return usbKeys.map((key) => {
    const usb = formatUsbId(key.vendorId, key.productId)
    const name = [key.vendor, key.name].filter((part) => part !== '').join(' ')
    return (
      <Notice
        key={usb}
        tone="warning"
        title={name === '' ? t('home.keys.missingDriverUnknown', { usb }) : t('home.keys.missingDriver', { name })}
        action={<Button onClick={() => void navigate('/drivers')}>{t('home.keys.addDriver')}</Button>}
      >
        {t('home.keys.missingDriverHint')} <code>{t('home.keys.usbId', { usb })}</code>
      </Notice>
    )
  })
}
