import { createRoot } from 'react-dom/client'
import { createI18n } from '../locales/i18n.ts'
import { ThemeProvider } from '../ui/theme-provider.tsx'

const i18n = createI18n('zh-CN')
const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <ThemeProvider theme="system" language="zh-CN">
      <h1>{i18n.t('common.product')}</h1>
    </ThemeProvider>,
  )
