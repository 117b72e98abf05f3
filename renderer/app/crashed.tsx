import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useRevalidator, useRouteError } from 'react-router'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { CallError } from '../ui/ipc.ts'
import { Notice } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'

/** A screen that failed to draw: what happened, and a way on. */
export const Crashed = () => {
  const { t } = useTranslation()
  const error = useRouteError()
  const { revalidate } = useRevalidator()
  return (
    <Page title={t('common.crashed')}>
      {error instanceof CallError ? (
        <ErrorNotice error={error} onRetry={() => void revalidate()} />
      ) : (
        <Notice
          tone="danger"
          role="alert"
          title={t('common.crashed')}
          action={<Button onClick={() => window.location.reload()}>{t('common.reopen')}</Button>}
        >
          {t('common.crashedNext')}
        </Notice>
      )}
    </Page>
  )
}
