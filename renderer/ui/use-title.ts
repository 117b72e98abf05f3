import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** Names the window, in the person's language: what the task bar and a screen reader say. */
export const useTitle = (screen: string): void => {
  const { t } = useTranslation()
  const title = `${screen} - ${t('common.product')}`
  useEffect(() => {
    document.title = title
  }, [title])
}
