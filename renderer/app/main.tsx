import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { createI18n } from '../locales/i18n.ts'
import '../ui/base.css'
import '../ui/parts.css'
import { giveStylesTheNonce } from '../ui/nonce.ts'
import { Providers } from './providers.tsx'
import { createRouter, isKnownPath } from './routes.tsx'

giveStylesTheNonce()
const router = createRouter()
window.yzt.on('navigate', ({ path }) => {
  if (isKnownPath(path)) void router.navigate(path)
})

const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <Providers i18n={createI18n('zh-CN')}>
      <RouterProvider router={router} />
    </Providers>,
  )
