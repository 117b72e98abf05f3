import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { LookAgain } from '../../ui/look-again.tsx'
import { Section } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { Empty, Loading } from '../../ui/states.tsx'
import { DriverTable } from './driver-table.tsx'
import { useDriverView } from './driver-view.store.ts'

export const DriverSection = () => {
  const { t } = useTranslation()
  const keyring = useAsk('keyring.get', undefined)
  const view = useDriverView()

  const content = () => {
    if (keyring.error) return <ErrorNotice error={keyring.error} onRetry={() => void keyring.refetch()} />
    if (!keyring.data) return <Loading />
    const { drivers } = keyring.data
    // A user's own driver is always shown: it can be removed here.
    const isPlain = (driver: (typeof drivers)[number]) =>
      driver.state === 'not_installed' && driver.origin === 'shipped'
    const absent = drivers.filter(isPlain)
    const shown = view.isNotInstalledShown ? drivers : drivers.filter((driver) => !isPlain(driver))
    return (
      <>
        <div className="panel">
          {shown.length === 0 ? (
            <Empty title={t('drivers.empty')} hint={t('drivers.emptyHint')} />
          ) : (
            <DriverTable drivers={shown} />
          )}
        </div>
        {absent.length > 0 && (
          <Button type="link" className="drivers-more" onClick={view.toggle} aria-expanded={view.isNotInstalledShown}>
            {view.isNotInstalledShown
              ? t('drivers.hideNotInstalled')
              : t('drivers.showNotInstalled', { n: absent.length })}
          </Button>
        )}
      </>
    )
  }

  return (
    <Section title={t('drivers.list')} extra={<LookAgain />}>
      {content()}
    </Section>
  )
}
