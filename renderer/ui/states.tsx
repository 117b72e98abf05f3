import { LoadingOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Something is being read; the words say what. */
export const Loading = ({ text }: { readonly text?: string }) => {
  const { t } = useTranslation()
  return (
    <div className="loading" role="status">
      <LoadingOutlined aria-hidden />
      <span>{text ?? t('common.loading')}</span>
    </div>
  )
}

interface EmptyProps {
  readonly title: string
  readonly hint?: string
  readonly icon?: ReactNode
  readonly action?: ReactNode
}

/** Nothing here, and how something gets here. */
export const Empty = ({ title, hint, icon, action }: EmptyProps) => (
  <div className="empty">
    {icon !== undefined && <div className="empty-icon">{icon}</div>}
    <div className="empty-title">{title}</div>
    {hint !== undefined && <div className="empty-hint">{hint}</div>}
    {action !== undefined && <div className="empty-action">{action}</div>}
  </div>
)
