import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../ui/page.tsx'
import { AddDriverDialog } from './add-driver-dialog.tsx'
import { DiagnosisSection } from './diagnosis-section.tsx'
import { DriverSection } from './driver-section.tsx'
import './drivers.css'

/** Bridge §6: the chain from the driver file to the browser's permission, and the drivers themselves. */
export const DriversScreen = () => {
  const { t } = useTranslation()
  const [isAdding, setIsAdding] = useState(false)
  return (
    <Page
      title={t('drivers.title')}
      subtitle={t('drivers.subtitle')}
      action={<Button onClick={() => setIsAdding(true)}>{t('drivers.add')}</Button>}
    >
      <DiagnosisSection />
      <DriverSection />
      <AddDriverDialog isOpen={isAdding} onClose={() => setIsAdding(false)} />
    </Page>
  )
}
