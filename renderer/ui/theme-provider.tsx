import { App, ConfigProvider } from 'antd'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import { useLayoutEffect, type ReactNode } from 'react'
import type { Settings } from '#contract/client.ts'
import { styleNonce } from './nonce.ts'
import { antdTheme, cssVariables, dark, light } from './tokens.ts'
import { useMediaQuery } from './use-media-query.ts'

interface Props {
  readonly theme: Settings['theme']
  readonly language: Settings['language']
  readonly children: ReactNode
}

/** Tokens as custom properties for the style sheets and as a theme for the UI kit. */
export const ThemeProvider = ({ theme, language, children }: Props) => {
  const isSystemDark = useMediaQuery('(prefers-color-scheme: dark)')
  const isMotionReduced = useMediaQuery('(prefers-reduced-motion: reduce)')
  const isDark = theme === 'system' ? isSystemDark : theme === 'dark'

  useLayoutEffect(() => {
    const { style, dataset } = document.documentElement
    for (const [name, value] of cssVariables(isDark ? dark : light)) style.setProperty(name, value)
    style.colorScheme = isDark ? 'dark' : 'light'
    dataset.theme = isDark ? 'dark' : 'light'
    document.documentElement.lang = language
  }, [isDark, language])

  return (
    <ConfigProvider
      csp={{ nonce: styleNonce() }}
      theme={antdTheme(isDark, isMotionReduced)}
      locale={language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <App component={false}>{children}</App>
    </ConfigProvider>
  )
}
