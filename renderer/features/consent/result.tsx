import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { CallError, ask } from '../../ui/ipc.ts'
import { useEscape } from './use-escape.ts'
import { platformName } from './use-sentence.ts'
import './result.css'

const closeAfterSeconds = 10

const closeWindow = async () => {
  try {
    await ask('consent.close', undefined)
  } catch (error) {
    // Main closes the window by itself a little later; there is nothing a person could do here.
    if (!(error instanceof CallError)) throw error
  }
}

/** A pointer that rests is reported as well when something appears under it. */
const isMoved = (event: PointerEvent) => event.movementX !== 0 || event.movementY !== 0

/** Seconds until the window closes by itself; null once the person is there and reads. */
const useAutoClose = () => {
  const [left, setLeft] = useState(closeAfterSeconds)
  const [isKept, setIsKept] = useState(false)
  useEffect(() => {
    if (isKept) return
    if (left === 0) {
      void closeWindow()
      return
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [isKept, left])
  useEffect(() => {
    const keep = () => setIsKept(true)
    const keepIfMoved = (event: PointerEvent) => {
      if (isMoved(event)) keep()
    }
    // A key that is still held down from 确认授权 repeats; that is nobody reading.
    const keepIfPressed = (event: KeyboardEvent) => {
      if (!event.repeat) keep()
    }
    window.addEventListener('pointermove', keepIfMoved)
    window.addEventListener('keydown', keepIfPressed)
    window.addEventListener('focus', keep)
    return () => {
      window.removeEventListener('pointermove', keepIfMoved)
      window.removeEventListener('keydown', keepIfPressed)
      window.removeEventListener('focus', keep)
    }
  }, [])
  return { left: isKept ? null : left, keep: () => setIsKept(true) }
}

const Done = ({ view }: { readonly view: ConsentView }) => {
  const { t } = useTranslation()
  const { subject } = view
  const platform = platformName(view)
  const { left, keep } = useAutoClose()
  const n =
    subject.kind === 'document_sign'
      ? subject.documents.length
      : subject.kind === 'message_sign'
        ? subject.messages.length
        : 1
  return (
    <>
      <CheckCircleFilled className="result-icon result-icon-done" aria-hidden />
      <h1>{t(`consent.done.${subject.kind}` as const)}</h1>
      <p>{t(`consent.done.${subject.kind}Hint` as const, { platform, n })}</p>
      <div className="result-actions">
        {left !== null && (
          <Button size="large" onClick={keep}>
            {t('consent.done.stay')}
          </Button>
        )}
        <Button size="large" type="primary" autoFocus onClick={() => void closeWindow()}>
          {t('common.close')}
        </Button>
      </div>
      <p className="result-countdown">{left === null ? '' : t('consent.done.closing', { n: left })}</p>
    </>
  )
}

const Failed = ({ view }: { readonly view: ConsentView }) => {
  const { t, i18n } = useTranslation()
  const text = errorText(view.error?.code ?? 'operation.failed', i18n.language)
  const isTimeOut = text.code === 'operation.timed_out'
  return (
    <>
      <CloseCircleFilled className="result-icon result-icon-failed" aria-hidden />
      <h1>{isTimeOut ? t('consent.errors.expired') : text.what}</h1>
      <p>{isTimeOut ? t('consent.errors.expiredNext') : text.next}</p>
      <div className="result-actions">
        <Button size="large" type="primary" autoFocus onClick={() => void closeWindow()}>
          {t('common.close')}
        </Button>
      </div>
      <p className="result-countdown">{t('common.errorCode', { code: text.code })}</p>
    </>
  )
}

/** The end: done or not done, unmistakably, and what comes next. */
export const Result = ({ view }: { readonly view: ConsentView }) => {
  const close = useCallback(() => void closeWindow(), [])
  useEscape(true, close)
  return (
    <main className="consent-alone">
      <div className="result" role={view.phase === 'failed' ? 'alert' : 'status'}>
        {view.phase === 'done' ? <Done view={view} /> : <Failed view={view} />}
      </div>
    </main>
  )
}
