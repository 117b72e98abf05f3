import { Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ask } from '../../ui/ipc.ts'
import { Empty, Loading } from '../../ui/states.tsx'
import { useTitle } from '../../ui/use-title.ts'
import { useConsent } from './consent.store.ts'
import { Question } from './question.tsx'
import { Result } from './result.tsx'
import './consent.css'

/** Listens to main and shows what it says: the question, the work, the end, or that nothing waits. */
export const ConsentWindow = () => {
  const { t } = useTranslation()
  const { view, settings, error, refresh } = useConsent()
  useTitle(t('consent.windowTitle'))

  useEffect(() => {
    void refresh()
    const look = () => void refresh()
    const stop = window.yzt.on('consent.changed', look)
    // Keys and seals may have come and gone while another window was in front.
    window.addEventListener('focus', look)
    return () => {
      stop()
      window.removeEventListener('focus', look)
    }
  }, [refresh])

  if (error !== null && error !== undefined)
    return (
      <main className="consent-alone">
        <ErrorNotice error={error} onRetry={() => void refresh()} />
      </main>
    )
  if (view === undefined)
    return (
      <main className="consent-alone">
        <Loading text={t('consent.waiting')} />
      </main>
    )
  if (view === null)
    return (
      <main className="consent-alone">
        <Empty
          title={t('consent.nothing')}
          hint={t('consent.nothingHint')}
          action={<Button onClick={() => void ask('consent.close', undefined)}>{t('common.close')}</Button>}
        />
      </main>
    )
  return view.phase === 'done' || view.phase === 'failed' ? (
    <Result key={view.operationId} view={view} />
  ) : (
    <Question key={view.operationId} view={view} settings={settings} />
  )
}
