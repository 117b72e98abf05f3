import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { StampIcon } from '../../ui/icons.tsx'
import { Page } from '../../ui/page.tsx'
import { useAsk } from '../../ui/query.ts'
import { Empty, Loading } from '../../ui/states.tsx'
import { AddSealDialog } from './add-seal-dialog.tsx'
import { SealCard } from './seal-card.tsx'
import './seals.css'

/** F10: pictures of seals with their real size. */
export const SealsScreen = () => {
  const { t } = useTranslation()
  const [isAdding, setIsAdding] = useState(false)
  const seals = useAsk('seals.list', undefined)
  const add = (
    <Button type="primary" onClick={() => setIsAdding(true)}>
      {t('seals.add')}
    </Button>
  )

  const content = () => {
    if (seals.error) return <ErrorNotice error={seals.error} onRetry={() => void seals.refetch()} />
    if (!seals.data) return <Loading />
    if (seals.data.length === 0)
      return (
        <div className="panel">
          <Empty
            icon={<StampIcon className="seal-empty" aria-hidden />}
            title={t('seals.empty')}
            hint={t('seals.emptyHint')}
          />
        </div>
      )
    return (
      <ul className="seal-list">
        {seals.data.map((seal) => (
          <SealCard key={seal.id} seal={seal} />
        ))}
      </ul>
    )
  }

  return (
    <Page title={t('seals.title')} subtitle={t('seals.subtitle')} action={add}>
      {content()}
      <AddSealDialog isOpen={isAdding} onClose={() => setIsAdding(false)} />
    </Page>
  )
}
