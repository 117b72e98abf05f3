/** Firefox ESR over WebDriver BiDi: Playwright's own Firefox is a patched build, the bidders' is not. */
import { existsSync } from 'node:fs'
import puppeteer, { type Browser } from 'puppeteer-core'

const candidates = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
]

export const openFirefox = (): Promise<Browser> => {
  const executablePath = candidates.find((file) => existsSync(file))
  if (executablePath === undefined) throw new Error('No Firefox was found (Debian: apt-get install firefox-esr)')
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: {
      'app.update.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'browser.safebrowsing.downloads.remote.enabled': false,
      'network.captive-portal-service.enabled': false,
    },
  })
}
