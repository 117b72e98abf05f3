import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CallOutput } from '#contract/ipc.ts'
import { Notice } from '../../ui/notice.tsx'
import { useAct } from '../../ui/query.ts'
import { useFailure } from '../../ui/use-failure.ts'

export type Verification = CallOutput<'journal.verify'>

export const JournalActions = ({ onVerified }: { readonly onVerified: (verification: Verification) => void }) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const fail = useFailure()
  const verify = useAct('journal.verify')
  const exportFile = useAct('journal.export')
  return (
    <>
      <Button
        loading={exportFile.isPending}
        onClick={() =>
          exportFile.mutate(undefined, {
            onSuccess: ({ path }) => {
              if (path !== null) void message.success(t('journal.exported', { path }))
            },
            onError: fail,
          })
        }
      >
        {t('common.export')}
      </Button>
      <Button
        type="primary"
        loading={verify.isPending}
        onClick={() => verify.mutate(undefined, { onSuccess: onVerified, onError: fail })}
      >
        {verify.isPending ? t('journal.verifying') : t('journal.verify')}
      </Button>
    </>
  )
}

export const VerifyResult = ({ verification }: { readonly verification: Verification }) => {
  const { t } = useTranslation()
  const { isIntact, entries, brokenAt } = verification
  return (
    <div className="journal-verification">
      {isIntact ? (
        <Notice tone="good" role="status" title={t('journal.intact', { n: entries })} />
      ) : (
        <Notice
          tone="danger"
          role="alert"
          title={brokenAt === null ? t('journal.brokenSomewhere') : t('journal.broken', { seq: brokenAt })}
        >
          {t('journal.brokenNext')}
        </Notice>
      )}
    </div>
  )
}
