import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DiagnosisStep } from '#contract/client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { useAct } from '../../ui/query.ts'
import { Loading } from '../../ui/states.tsx'
import { useFailure } from '../../ui/use-failure.ts'
import { DiagnosisChain } from './diagnosis-chain.tsx'
import { useFindingText } from './use-finding-text.ts'

const Verdict = ({ steps }: { readonly steps: readonly DiagnosisStep[] }) => {
  const { t } = useTranslation()
  const textOf = useFindingText()
  const broken = steps.find((step) => step.state === 'broken')
  if (broken) {
    const { sentence, repair } = textOf(broken)
    return (
      <Notice
        tone="danger"
        role="alert"
        title={t('diagnosis.firstBroken', { step: t(`diagnosis.steps.${broken.id}` as const) })}
      >
        {sentence} {repair}
      </Notice>
    )
  }
  const hasWarning = steps.some((step) => step.state === 'warning')
  return (
    <Notice
      tone={hasWarning ? 'warning' : 'good'}
      role="status"
      title={hasWarning ? t('diagnosis.withWarnings') : t('diagnosis.allGood')}
    />
  )
}

export const DiagnosisSection = () => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const fail = useFailure()
  const run = useAct('diagnosis.run')
  const exportFile = useAct('diagnosis.export')

  const save = () =>
    exportFile.mutate(undefined, {
      onSuccess: ({ path }) => {
        if (path !== null) void message.success(t('common.savedTo', { path }))
      },
      onError: fail,
    })

  return (
    <Section
      title={t('diagnosis.title')}
      extra={
        <>
          <Button loading={exportFile.isPending} title={t('diagnosis.exportHint')} onClick={save}>
            {t('diagnosis.export')}
          </Button>
          <Button type="primary" loading={run.isPending} onClick={() => run.mutate(undefined)}>
            {run.data ? t('diagnosis.runAgain') : t('diagnosis.run')}
          </Button>
        </>
      }
    >
      {run.isPending && (
        <div className="panel">
          <Loading text={t('diagnosis.running')} />
        </div>
      )}
      {!run.isPending && run.error && <ErrorNotice error={run.error} onRetry={() => run.mutate(undefined)} />}
      {!run.isPending && run.data && (
        <>
          <Verdict steps={run.data} />
          <DiagnosisChain steps={run.data} />
        </>
      )}
      {run.isIdle && <p className="drivers-hint">{t('diagnosis.hint')}</p>}
      <p className="drivers-hint">{t('diagnosis.exportHint')}</p>
    </Section>
  )
}
