/** What handlers need of the desktop: dialogs of the system and its settings. Electron's in `windows/desktop.ts`. */
export interface Desktop {
  /** An existing file that the person chose, or null. */
  readonly chooseFile: (filter: { name: string; extensions: readonly string[] }) => Promise<string | null>
  /** Where to save, or null. */
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>
  readonly openInBrowser: (url: string) => Promise<void>
  readonly setTheme: (theme: 'system' | 'light' | 'dark') => void
  readonly setStartAtLogin: (isOn: boolean) => Promise<void>
}
