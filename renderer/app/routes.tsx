import { createHashRouter, Navigate } from 'react-router'
import { CertificatesScreen } from '../features/certificates/certificates-screen.tsx'
import { DriversScreen } from '../features/drivers/drivers-screen.tsx'
import { GrantsScreen } from '../features/grants/grants-screen.tsx'
import { HomeScreen } from '../features/home/home-screen.tsx'
import { JournalScreen } from '../features/journal/journal-screen.tsx'
import { SealsScreen } from '../features/seals/seals-screen.tsx'
import { SettingsScreen } from '../features/settings/settings-screen.tsx'
import { Crashed } from './crashed.tsx'
import { Shell } from './shell.tsx'

const screens = [
  { path: '/home', Component: HomeScreen },
  { path: '/certificates', Component: CertificatesScreen },
  { path: '/seals', Component: SealsScreen },
  { path: '/journal', Component: JournalScreen },
  { path: '/grants', Component: GrantsScreen },
  { path: '/drivers', Component: DriversScreen },
  { path: '/settings', Component: SettingsScreen },
]

/** What main may ask for in `navigate`, with any query behind it. */
export const isKnownPath = (path: string): boolean => screens.some((screen) => path.split('?')[0] === screen.path)

export const createRouter = () =>
  createHashRouter([
    {
      Component: Shell,
      ErrorBoundary: Crashed,
      children: [
        ...screens.map((screen) => ({ ...screen, ErrorBoundary: Crashed })),
        { path: '*', element: <Navigate to="/home" replace /> },
      ],
    },
  ])
