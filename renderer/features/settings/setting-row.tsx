import type { ReactNode } from 'react'

interface Props {
  /** Of the control; left out for a group that names itself. */
  readonly id?: string
  readonly label: string
  readonly hint?: string
  readonly children: ReactNode
}

export const SettingRow = ({ id, label, hint, children }: Props) => (
  <div className="setting">
    <div className="setting-words">
      {id === undefined ? <span>{label}</span> : <label htmlFor={id}>{label}</label>}
      {hint !== undefined && <div className="cell-note">{hint}</div>}
    </div>
    {children}
  </div>
)
