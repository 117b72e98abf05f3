import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { company, journal } from './fixtures.ts'
import { createStage, shows, type Stage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await createStage()
}, 120_000)
afterEach(() => stage.workbench.closePages())
afterAll(() => stage.workbench.close())

describe('the main window', () => {
  it('reaches every screen by keyboard', async () => {
    const { page } = await stage.main('/home')
    await page.getByRole('link', { name: '设置' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: '设置' }).waitFor()
  })

  it('pages through a long journal', async () => {
    const all = journal(40)
    const opened = await stage.main('/journal', {
      answers: {
        'journal.list': ({ before, limit }) =>
          all.filter((entry) => before === null || entry.seq < before).slice(0, limit),
      },
    })
    await opened.page.getByRole('button', { name: '显示更早的记录' }).click()
    await expect.poll(() => opened.main.asked.filter(({ name }) => name === 'journal.list').length).toBe(2)
  })

  it('asks again when main says that something changed', async () => {
    const opened = await stage.main('/home')
    await shows(opened, '企业数字证书 01')
    opened.main.answer({ 'keyring.get': () => ({ tokens: [], drivers: [], usbKeys: [] }) })
    await opened.main.emit('keyring.changed', undefined)
    await shows(opened, '请插入证书介质（USB Key）')
  })

  it('goes where main asks it to, to known screens only', async () => {
    const opened = await stage.main('/home')
    await shows(opened, '最近签名')
    await opened.main.emit('navigate', { path: '/nowhere' })
    await opened.main.emit('navigate', { path: '/drivers' })
    await opened.page.getByRole('heading', { level: 1, name: '驱动与诊断' }).waitFor()
  })
})

describe.each([
  ['/certificates', company.subject.commonName],
  ['/journal', '投标文件-商务标.pdf'],
  ['/grants', '中央采购交易平台'],
])('the search at %s', (path, text) => {
  const open = async () => {
    const opened = await stage.main(path)
    await shows(opened, text)
    const field = opened.page.getByLabel('搜索', { exact: true })
    await field.focus()
    return { ...opened, field }
  }

  it('keeps every letter that is typed fast, and filters by it', async () => {
    const { page, field } = await open()
    await page.keyboard.type('abcdef')
    expect(await field.inputValue()).toBe('abcdef')
    await expect.poll(() => page.url()).toContain('q=abcdef')
    expect(await field.inputValue()).toBe('abcdef')
    await page.getByText(/没有符合条件的/).waitFor()
  })

  it('takes what an input method composes, and filters by the result alone', async () => {
    const { page, field, context } = await open()
    const cdp = await context.newCDPSession(page)
    for (const composed of ['b', 'be', 'bei'])
      await cdp.send('Input.imeSetComposition', { text: composed, selectionStart: 3, selectionEnd: 3 })
    expect(page.url()).not.toContain('q=')
    await cdp.send('Input.insertText', { text: '北' })
    expect(await field.inputValue()).toBe('北')
    await expect.poll(() => page.url()).toContain(`q=${encodeURIComponent('北')}`)
    expect(await field.inputValue()).toBe('北')
  })
})

it('the search follows the address when the filter is cleared elsewhere', async () => {
  const { page } = await stage.main('/certificates?q=x')
  const field = page.getByLabel('搜索', { exact: true })
  await field.fill('no such holder')
  await page.getByRole('button', { name: '清除筛选' }).click()
  await expect.poll(() => field.inputValue()).toBe('')
  await page.getByText(company.subject.commonName).first().waitFor()
})
