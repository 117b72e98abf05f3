import { App } from 'antd'
import { useTranslation } from 'react-i18next'
import { errorText } from '../locales/error-text.ts'
import { CallError } from './ipc.ts'

/** Tells in passing that an action failed: the sentence and what to do next. */
export const useFailure = () => {
  const { notification } = App.useApp()
  const { t, i18n } = useTranslation()
  return (error: unknown) => {
    const text = errorText(error instanceof CallError ? error.code : 'program.unexpected', i18n.language)
    notification.error({
      title: text.what,
      description: `${text.next} ${t('common.errorCode', { code: text.code })}`,
      duration: 10,
      role: 'alert',
    })
  }
}
