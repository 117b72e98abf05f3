import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { company, journal, settings } from './fixtures.ts'
import { refuse } from './fake-main.ts'
import { asked, createStage, shows, type Stage } from './stage.ts'

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
    await opened.page.getByRole('button', { name: '读取更早的记录' }).click()
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

describe('the title of the window', () => {
  it.each([
    ['/home', '首页'],
    ['/certificates', '证书'],
    ['/journal', '签名记录'],
    ['/settings', '设置'],
  ])('names the screen at %s', async (path, name) => {
    const { page } = await stage.main(path)
    await expect.poll(() => page.title()).toBe(`${name} - 中标一证通`)
  })

  it('speaks the language of the person, also after a change of it', async () => {
    const { page, main: fake } = await stage.main('/home', {
      answers: { 'settings.get': () => ({ ...settings, language: 'en' }) },
    })
    await expect.poll(() => page.title()).toBe('Home - One Certificate')
    fake.answer({ 'settings.get': () => settings })
    await fake.emit('settings.changed', undefined)
    await expect.poll(() => page.title()).toBe('首页 - 中标一证通')
  })
})

describe('the dialog for a PIN', () => {
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.id)
  const open = async () => {
    const opened = await stage.main('/certificates?change=softhsm2:a1')
    await shows(opened, '再次输入新口令')
    await expect.poll(() => focused(opened.page)).toBe('pin-change-old')
    return opened
  }

  it('opens at its first field, and goes to the one at fault, aloud', async () => {
    const { page } = await open()
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('请输入').waitFor()
    expect(await focused(page)).toBe('pin-change-old')
    await page.keyboard.type('old-pin')
    await page.getByLabel('新口令', { exact: true }).fill('123456')
    await page.getByRole('button', { name: '修改口令' }).click()
    await page.getByRole('alert').getByText('新口令过于简单').waitFor()
    await expect.poll(() => focused(page)).toBe('pin-change-next')
  })

  it('is at its first field again when the key refused', async () => {
    const { page, main: fake } = await open()
    fake.answer({ 'keys.changePin': refuse('pin.incorrect') })
    await page.getByLabel('当前口令').fill('old-pin')
    await page.getByLabel('新口令', { exact: true }).fill('new-pin-7')
    await page.getByLabel('再次输入新口令').fill('new-pin-7')
    await page.getByRole('button', { name: '修改口令' }).click()
    await page.getByRole('alert').first().waitFor()
    await expect.poll(() => focused(page)).toBe('pin-change-old')
  })
})

it('a search in a journal that is not read to its end says so, and reads on', async () => {
  const all = journal(40)
  const { page, main: fake } = await stage.main('/journal?q=nowhere', {
    answers: {
      'journal.list': ({ before, limit }) =>
        all.filter((entry) => before === null || entry.seq < before).slice(0, limit),
    },
  })
  await page.getByText('已读取的记录中没有符合条件的').waitFor()
  const more = page.getByRole('button', { name: '读取更早的记录' })
  while (await more.isVisible()) {
    await more.click()
    await page.waitForTimeout(200)
  }
  await page.getByText('没有符合条件的记录', { exact: true }).waitFor()
  expect(fake.asked.filter(({ name }) => name === 'journal.list').length).toBeGreaterThan(3)
})

it.each([
  [false, 0],
  [true, 1],
])('the demo is offered only where it is there: %s', async (hasDemo, count) => {
  const info = { version: '0.1.0', electron: '45.4.1', platform: 'Linux x64', dataPath: '/home/user', hasDemo }
  const opened = await stage.main('/home', { answers: { 'program.info': () => info } })
  await expect.poll(() => asked(opened)).toContain('program.info')
  await opened.page.getByRole('button', { name: '暂停' }).waitFor()
  await expect.poll(() => opened.page.getByRole('button', { name: '打开示例平台' }).count()).toBe(count)
})

it('copies a fingerprint', async () => {
  const { page, context } = await stage.main(`/certificates?id=${company.id}`)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: '复制指纹（SHA-256）' }).click()
  await page.getByRole('button', { name: '已复制' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(company.id)
})

it('settings ask before the signing service is switched off', async () => {
  const opened = await stage.main('/settings')
  await opened.page.getByRole('switch', { name: '允许交易平台网页请求签名' }).click()
  await opened.page.getByRole('dialog').getByText('暂停后，交易平台网页不能登录和签名').waitFor()
  expect(asked(opened)).not.toContain('settings.set')
  await opened.page.getByRole('dialog').getByRole('button', { name: '暂停' }).click()
  await expect.poll(() => asked(opened)).toContain('settings.set')
})

it('a second driver file that cannot be read leaves nothing of the first to be added', async () => {
  const { page, main: fake } = await stage.main('/drivers', {
    answers: {
      'drivers.choose': () => ({
        path: '/usr/lib/libgood.so',
        architecture: 'x86_64',
        isUsable: true,
        error: null,
        library: 'Good',
        slots: [],
      }),
    },
  })
  await page.getByRole('button', { name: '添加驱动' }).click()
  await page.getByRole('button', { name: '选择驱动文件' }).click()
  await page.getByRole('button', { name: '添加此驱动' }).waitFor()
  fake.answer({ 'drivers.choose': refuse('token.driver_invalid') })
  await page.getByRole('button', { name: '另选文件' }).click()
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('button', { name: '添加此驱动' }).count()).toBe(0)
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
