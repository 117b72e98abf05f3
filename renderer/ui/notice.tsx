import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled, InfoCircleFilled } from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Tone } from './tone.ts'

interface Props {
  readonly tone: Exclude<Tone, 'neutral'>
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
  /** `alert` interrupts a screen reader: for what went wrong just now. */
  readonly role?: 'alert' | 'status' | 'note'
}

const icons = {
  good: <CheckCircleFilled aria-hidden />,
  warning: <ExclamationCircleFilled aria-hidden />,
  danger: <CloseCircleFilled aria-hidden />,
  accent: <InfoCircleFilled aria-hidden />,
}

/** What is the matter, and what to do next beside it. */
export const Notice = ({ tone, title, children, action, role = 'note' }: Props) => (
  <div className={`notice notice-${tone}`} role={role}>
    <span className="notice-icon">{icons[tone]}</span>
    <div className="notice-text">
      <div className="notice-title">{title}</div>
      {children !== undefined && <div className="notice-next">{children}</div>}
    </div>
    {action !== undefined && <div className="notice-action">{action}</div>}
  </div>
)
