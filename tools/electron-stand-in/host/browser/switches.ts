interface SwitchOptions {
  profile: string
  name: string
  isHeaded: boolean
  switches: ReadonlyMap<string, string>
}

const QUIET = [
  'no-first-run',
  'no-default-browser-check',
  'disable-background-networking',
  'disable-component-update',
  'disable-sync',
  'disable-default-apps',
  'disable-extensions',
  'disable-breakpad',
  'disable-quic',
  'disable-search-engine-choice-screen',
  'disable-session-crashed-bubble',
  'hide-crash-restore-bubble',
  'noerrdialogs',
  'metrics-recording-only',
  'password-store=basic',
  'use-mock-keychain',
  'no-service-autorun',
  // a page that goes back must run its preload again
  'disable-back-forward-cache',
  // Electron does not slow hidden windows down as browsers do tabs
  'disable-renderer-backgrounding',
  'disable-backgrounding-occluded-windows',
  'disable-background-timer-throttling',
]

const DISABLED_FEATURES = ['Translate', 'MediaRouter', 'OptimizationHints', 'Prerender2', 'AutofillServerCommunication']

/** Switches that mean something to Electron or Node only. */
const NOT_FOR_THE_BROWSER = new Set(['inspect', 'inspect-brk', 'inspect-port', 'user-data-dir', 'require'])

export function browserSwitches(options: SwitchOptions, role: 'first' | 'second'): string[] {
  const { switches } = options
  const features = [...DISABLED_FEATURES, ...(switches.get('disable-features') ?? '').split(',')]
  const own = [...QUIET, `disable-features=${features.filter((name) => name !== '').join(',')}`]
  if (role === 'first') own.push('remote-debugging-pipe', 'no-startup-window', 'keep-alive-for-test')
  own.push(...(options.isHeaded ? headedSwitches(options.name) : ['headless', 'disable-gpu']))
  if (process.platform === 'linux' && process.getuid?.() === 0) own.push('no-sandbox')
  const asked = [...switches]
    .filter(([name]) => name !== 'disable-features' && !NOT_FOR_THE_BROWSER.has(name))
    .filter(([name]) => role === 'first' || !name.startsWith('remote-debugging'))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return [...new Set([...own, ...asked, `user-data-dir=${options.profile}`])].map((name) => `--${name}`)
}

/** Through XWayland a window can be placed and brought back from the taskbar; a Wayland client can do neither. */
const headedSwitches = (name: string): string[] => [
  // no bar that says --no-sandbox is unsupported
  'test-type',
  `class=${name}`,
  ...(process.platform === 'linux' && process.env.DISPLAY ? ['ozone-platform=x11'] : []),
]
