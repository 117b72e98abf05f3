import { Checkbox } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Scope } from '#contract/operations.ts'
import { Facts } from '../../ui/facts.tsx'

interface Props {
  readonly asked: readonly Scope[]
  readonly kept: readonly Scope[]
  readonly days: number | undefined
  readonly isDisabled: boolean
  readonly onChange: (scopes: readonly Scope[]) => void
}

/** A grant: what the page may ask for from now on, each line to be left out. */
export const GrantView = ({ asked, kept, days, isDisabled, onChange }: Props) => {
  const { t } = useTranslation()
  return (
    <div className="reading">
      <h2>{t('consent.grant.title')}</h2>
      <p className="reading-body">{t('consent.grant.body')}</p>
      <ul className="scopes">
        {asked.map((scope) => (
          <li key={scope}>
            <Checkbox
              checked={kept.includes(scope)}
              disabled={isDisabled}
              onChange={(event) =>
                onChange(asked.filter((other) => (other === scope ? event.target.checked : kept.includes(other))))
              }
            >
              <strong>{t(`words.scopes.${scope}` as const)}</strong>
              <span>{t(`consent.grant.scopeHint.${scope}` as const)}</span>
            </Checkbox>
          </li>
        ))}
      </ul>
      {days !== undefined && (
        <Facts facts={[{ label: t('consent.grant.duration'), value: t('consent.grant.days', { n: days }) }]} />
      )}
      <p className="reading-note">{t('consent.grant.revokeHint')}</p>
    </div>
  )
}
