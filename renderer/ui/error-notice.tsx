import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { errorText } from '../locales/error-text.ts'
import { CallError } from './ipc.ts'
import { Notice } from './notice.tsx'

interface Props {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

/** An error with its own sentence, what to do next, and its code for support. */
export const ErrorNotice = ({ error, onRetry }: Props) => {
  const { t, i18n } = useTranslation()
  const text = errorText(error instanceof CallError ? error.code : 'program.unexpected', i18n.language)
  return (
    <Notice
      tone="danger"
      role="alert"
      title={text.what}
      action={onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    >
      {text.next} <span className="error-code">{t('common.errorCode', { code: text.code })}</span>
    </Notice>
  )
}
