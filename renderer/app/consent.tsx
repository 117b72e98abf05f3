import type { i18n as I18n } from 'i18next'
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { ConsentWindow } from '../features/consent/consent-window.tsx'
import { useConsent } from '../features/consent/consent.store.ts'
import { createI18n } from '../locales/i18n.ts'
import '../ui/base.css'
import '../ui/parts.css'
import { ThemeProvider } from '../ui/theme-provider.tsx'

const Consent = () => {
  const [i18n] = useState<I18n>(() => createI18n('zh-CN'))
  const { settings, refreshSettings } = useConsent()
  const language = settings?.language ?? 'zh-CN'

  useEffect(() => {
    void refreshSettings()
    return window.yzt.on('settings.changed', () => void refreshSettings())
  }, [refreshSettings])
  useEffect(() => {
    if (i18n.language !== language) void i18n.changeLanguage(language)
  }, [i18n, language])

  return (
    <I18nextProvider i18n={i18n}>
      <ThemeProvider theme={settings?.theme ?? 'system'} language={language}>
        <ConsentWindow />
      </ThemeProvider>
    </I18nextProvider>
  )
}

const root = document.querySelector('#root')
if (root) createRoot(root).render(<Consent />)
