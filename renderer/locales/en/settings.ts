import type { Translation } from '../translation.ts'
import type * as source from '../zh-cn/settings.ts'

export const settings: Translation<typeof source.settings> = {
  title: 'Settings',
  bridge: {
    title: 'Signing service',
    enabled: 'Let pages of trading platforms ask for signatures',
    enabledHint: 'When off, no page can ask to log in or sign.',
    grantDays: 'Days a grant lives',
    grantDaysHint: 'After these days a website has to ask again. 1 to 365 days.',
    days: 'days',
  },
  look: {
    title: 'Appearance',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    language: 'Language',
    languages: { 'zh-CN': '简体中文', en: 'English' },
  },
  start: {
    title: 'Start',
    atLogin: 'Start when I log in to this computer',
    atLoginHint: 'It then waits in the background for requests of trading platforms.',
  },
  about: {
    title: 'About',
    version: 'Version',
    runtime: 'Runtime',
    platform: 'System',
    data: 'Data folder',
    privacy: 'This program collects no usage data. A PIN goes to the USB key only: never stored, never sent.',
  },
}
