import type { ReactNode } from 'react'

interface Props {
  readonly title: string
  readonly subtitle?: ReactNode
  /** The screen's one primary action, always at the top right. */
  readonly action?: ReactNode
  readonly children: ReactNode
}

export const Page = ({ title, subtitle, action, children }: Props) => (
  <div className="page">
    <header className="page-header">
      <div className="page-heading">
        <h1>{title}</h1>
        {subtitle !== undefined && <p>{subtitle}</p>}
      </div>
      {action !== undefined && <div className="page-action">{action}</div>}
    </header>
    {children}
  </div>
)

interface SectionProps {
  readonly title: string
  readonly extra?: ReactNode
  readonly children: ReactNode
}

export const Section = ({ title, extra, children }: SectionProps) => (
  <section className="section" aria-label={title}>
    <div className="section-header">
      <h2>{title}</h2>
      {extra !== undefined && <div className="section-extra">{extra}</div>}
    </div>
    {children}
  </section>
)
