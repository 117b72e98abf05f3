import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { i18n as I18n } from 'i18next'
import { useEffect, useState, type ReactNode } from 'react'
import { I18nextProvider } from 'react-i18next'
import { listenForChanges, useAsk } from '../ui/query.ts'
import { ThemeProvider } from '../ui/theme-provider.tsx'

/** Answers come from this computer: no network mode, and no second try that would hide an error for seconds. */
const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { networkMode: 'always', retry: false, staleTime: 30_000, refetchOnWindowFocus: true },
      mutations: { networkMode: 'always', retry: false },
    },
  })

const Appearance = ({ i18n, children }: { readonly i18n: I18n; readonly children: ReactNode }) => {
  const settings = useAsk('settings.get', undefined)
  const language = settings.data?.language ?? 'zh-CN'
  useEffect(() => {
    if (i18n.language !== language) void i18n.changeLanguage(language)
  }, [i18n, language])
  return (
    <ThemeProvider theme={settings.data?.theme ?? 'system'} language={language}>
      {children}
    </ThemeProvider>
  )
}

export const Providers = ({ i18n, children }: { readonly i18n: I18n; readonly children: ReactNode }) => {
  const [queries] = useState(createQueryClient)
  useEffect(() => listenForChanges(queries), [queries])
  return (
    <QueryClientProvider client={queries}>
      <I18nextProvider i18n={i18n}>
        <Appearance i18n={i18n}>{children}</Appearance>
      </I18nextProvider>
    </QueryClientProvider>
  )
}
