import {
  FileDoneOutlined,
  GlobalOutlined,
  HomeOutlined,
  IdcardOutlined,
  SettingOutlined,
  ToolOutlined,
} from '@ant-design/icons'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink, Outlet, useLocation } from 'react-router'
import icon from '../assets/icon.svg'
import { StampIcon } from '../ui/icons.tsx'
import { useTitle } from '../ui/use-title.ts'
import { BridgeBadge } from './bridge-badge.tsx'
import './shell.css'

const entries = [
  { path: '/home', name: 'home', icon: <HomeOutlined aria-hidden /> },
  { path: '/certificates', name: 'certificates', icon: <IdcardOutlined aria-hidden /> },
  { path: '/seals', name: 'seals', icon: <StampIcon aria-hidden /> },
  { path: '/journal', name: 'journal', icon: <FileDoneOutlined aria-hidden /> },
  { path: '/grants', name: 'grants', icon: <GlobalOutlined aria-hidden /> },
  { path: '/drivers', name: 'drivers', icon: <ToolOutlined aria-hidden /> },
  { path: '/settings', name: 'settings', icon: <SettingOutlined aria-hidden /> },
] as const

export const Shell = () => {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const screen = entries.find(({ path }) => path === pathname) ?? entries[0]
  useTitle(t(`navigation.${screen.name}` as const))
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    // Newer Chromium answers a promise, which React would take for a clean-up function.
    main.current?.scrollTo(0, 0)
  }, [pathname])

  return (
    <div className="shell">
      <a
        className="shell-skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {t('common.skipToContent')}
      </a>
      <div className="shell-side">
        <div className="shell-brand">
          <img src={icon} alt="" />
          <span>{t('common.product')}</span>
        </div>
        <nav className="shell-nav" aria-label={t('navigation.label')}>
          <ul>
            {entries.map((entry) => (
              <li key={entry.path}>
                <NavLink className="shell-link" to={entry.path}>
                  {entry.icon}
                  <span>{t(`navigation.${entry.name}` as const)}</span>
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <BridgeBadge />
      </div>
      <main className="shell-main" id="content" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}
