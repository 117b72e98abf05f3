/**
 * `npm run demo`: the main job, played by itself. Leaves in out/demo/ the signed PDF, what other programs say of it, the
 * journal, and a picture of each step in light and dark, with index.md to read them by.
 */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { openChromium } from '../../e2e/support/chromium.ts'
import { startClient, type Client } from '../../e2e/support/client.ts'
import {
  approve,
  chooseCertificate,
  documentQuestion,
  grantQuestion,
  loginQuestion,
  typePin,
} from '../../e2e/support/consent.ts'
import { clickLogin, clickSign, holder, openPlatform, openTender } from '../../e2e/support/bidding.ts'
import { step } from '../setup/say.mjs'
import { createAlbum, type Album } from './album.ts'
import { judge } from './judges.ts'
import { freePort, setStage, type Stage } from './stage.ts'

const root = path.resolve(import.meta.dirname, '../..')
const folder = path.join(root, 'out/demo')
type Theme = 'light' | 'dark'

/** The letter of the bid is the last page: there the whole seal lands. */
const showLastPage = async (window: Page): Promise<void> => {
  await window.getByLabel('页码').fill('4')
  await window.getByLabel('页码').press('Enter')
  await window.getByRole('img', { name: /第 4 页的内容/ }).waitFor()
}

const play = async (stage: Stage, client: Client, theme: Theme, album: Album): Promise<string> => {
  const { main } = client
  await client.call('settings.set', { theme })
  const bidder = await openChromium(stage.platform.origin, 'exempt', theme)
  try {
    const { page } = bidder
    await main.getByText('演示介质 1').first().waitFor()
    await album.take(main, 'client-home', 'The client: the plugged-in key, its certificates, the bridge')

    await openPlatform(page, stage.platform.origin)
    await album.take(page, 'platform-login', "The trading platform's page in an ordinary browser")
    await clickLogin(page)
    const grant = await grantQuestion(client)
    await album.take(grant, 'consent-grant', 'Who asks for a grant, from where, and for what')
    await approve(grant)
    const login = await loginQuestion(client)
    await chooseCertificate(login, holder)
    await typePin(login)
    await album.take(login, 'consent-login', 'The login: certificate and PIN, typed in this window only')
    await approve(login)

    await page.getByRole('heading', { name: '招标项目' }).waitFor()
    await album.take(page, 'platform-tenders', 'Logged in: the server has verified the token')
    await openTender(page)
    await clickSign(page)
    const sign = await documentQuestion(client)
    await sign.getByRole('img', { name: /第 1 页的内容/ }).waitFor()
    await album.take(sign, 'consent-document', 'The document, page by page, with the seal across the edges (骑缝章)')
    await showLastPage(sign)
    await typePin(sign)
    await album.take(sign, 'consent-seal', 'The seal where it will land, and the PIN')
    await approve(sign)

    const receipt = page.locator('[data-receipt]')
    await receipt.waitFor()
    await album.take(page, 'platform-receipt', 'The server verified the signature and gave a receipt')
    await main.getByRole('link', { name: '签名记录' }).first().click()
    await album.take(main, 'client-journal', 'The journal: every use of the key, before and after')
    await main.getByRole('link', { name: '首页' }).first().click()
    return (await receipt.getAttribute('data-receipt')) ?? ''
  } catch (error) {
    for (const window of [bidder.page, ...client.app.windows()]) await album.take(window, 'failed', 'Where it stopped')
    throw error
  } finally {
    await bidder.close()
  }
}

/** The last page as another program draws it. */
const drawWithPoppler = (pdf: string, album: Album): void => {
  const base = path.join(folder, 'pictures', 'signed-page')
  const { status } = spawnSync('pdftoppm', ['-r', '70', '-png', pdf, base])
  if (status === 0) album.add('signed-page-4', 'The signed file, drawn by poppler: the last page')
}

const playBoth = async (stage: Stage): Promise<void> => {
  const client = await step('client', () => startClient({ userData: stage.clientData, env: stage.env }))
  const light = createAlbum(path.join(folder, 'pictures'), 'light')
  const dark = createAlbum(path.join(folder, 'pictures'), 'dark')
  try {
    const number = await step('main job, light', () => play(stage, client, 'light', light))
    // The same origin has its grant already: the second round begins with a new one.
    for (const { id } of await client.call('grants.list', undefined)) await client.call('grants.revoke', { id })
    await step('main job, dark', () => play(stage, client, 'dark', dark))
    const signed = path.join(folder, 'signed.pdf')
    await copyFile(path.join(stage.folder, 'platform', `${number}.pdf`), signed)
    await copyFile(stage.caFile, path.join(folder, 'authorities.pem'))
    const verdicts = await step('pdfsig, qpdf, openssl', () => judge(signed, stage.caFile, folder))
    const journal = await client.call('journal.list', { before: null, limit: 200 })
    const chain = await client.call('journal.verify', undefined)
    await writeFile(
      path.join(folder, 'journal.json'),
      JSON.stringify({ chain, entries: journal.toReversed() }, null, 2),
    )
    const verification = verdicts.map(({ command, isAccepted, output }) =>
      [`$ ${command}`, output, isAccepted ? '→ accepted' : '→ NOT ACCEPTED', ''].join('\n'),
    )
    await writeFile(path.join(folder, 'verification.txt'), verification.join('\n'))
    drawWithPoppler(signed, light)
    await writeFile(path.join(folder, 'index.md'), describe([light, dark], verification.join('\n'), chain.entries))
    const refused = verdicts.filter(({ isAccepted }) => !isAccepted).map((verdict) => verdict.judge)
    if (refused.length > 0 || !chain.isIntact)
      throw new Error(`Not accepted: ${[...refused, 'see verification.txt'].join()}`)
  } finally {
    await client.close()
  }
}

const describe = (albums: readonly Album[], verification: string, entries: number): string =>
  [
    '# The main job',
    '',
    'Made by `npm run demo`: a page of the example platform logs in with a demo USB key, has a tender document signed and',
    'sealed, and hands it in.',
    '',
    '- [signed.pdf](signed.pdf): the bid as the platform accepted it; [authorities.pem](authorities.pem): the test CA',
    '- [verification.txt](verification.txt): what pdfsig, qpdf and openssl say of it',
    `- [journal.json](journal.json): the client's journal, ${entries} entries, chain verified`,
    '',
    ...albums.flatMap((album) => album.lines()),
    '## Verification',
    '',
    '```',
    verification,
    '```',
    '',
  ].join('\n')

try {
  await rm(folder, { recursive: true, force: true })
  await mkdir(path.join(folder, 'pictures'), { recursive: true })
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/setup/build.mjs'], { cwd: root })
  if (status !== 0) throw new Error(`The build failed:\n${stdout.toString()}${stderr.toString()}`)
  const stage = await step('demo USB key and example platform', async () =>
    setStage({ folder: path.join(folder, 'stage'), bridgePorts: [await freePort()] }),
  )
  try {
    await playBoth(stage)
  } finally {
    await stage.stop()
  }
  console.log('\n  out/demo/index.md tells the story; out/demo/signed.pdf is the signed file.')
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}
