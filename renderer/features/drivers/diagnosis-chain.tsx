import { useTranslation } from 'react-i18next'
import type { DiagnosisStep } from '#contract/client.ts'
import { StateText } from '../../ui/state-text.tsx'
import { describeDetails, useFindingText } from './use-finding-text.ts'

const tones = { ok: 'good', warning: 'warning', broken: 'danger', skipped: 'neutral' } as const

/** The links in order; the first broken one stands out, those behind it are not judged. */
export const DiagnosisChain = ({ steps }: { readonly steps: readonly DiagnosisStep[] }) => {
  const { t } = useTranslation()
  const textOf = useFindingText()
  const firstBroken = steps.findIndex((step) => step.state === 'broken')
  return (
    <ol className="panel diagnosis-chain">
      {steps.map((step, index) => {
        const { sentence, repair } = textOf(step)
        const details = describeDetails(step.details)
        return (
          <li
            key={step.id}
            className={index === firstBroken ? 'diagnosis-step diagnosis-step-broken' : 'diagnosis-step'}
          >
            <span className="diagnosis-number" aria-hidden>
              {index + 1}
            </span>
            <div className="diagnosis-words">
              <h3>{t(`diagnosis.steps.${step.id}` as const)}</h3>
              <p>
                {step.state === 'skipped' && firstBroken >= 0 && index > firstBroken
                  ? t('diagnosis.skippedBecause')
                  : sentence}
              </p>
              {details !== '' && (
                <p className="cell-note">
                  <code>{details}</code>
                </p>
              )}
              {repair !== '' && (
                <p className="diagnosis-repair">
                  <strong>{t('diagnosis.repair')}</strong> {repair}
                </p>
              )}
            </div>
            <StateText tone={tones[step.state]}>{t(`diagnosis.states.${step.state}` as const)}</StateText>
          </li>
        )
      })}
    </ol>
  )
}
