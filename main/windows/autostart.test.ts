import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { setAutostart } from './autostart.ts'

const config = mkdtempSync(path.join(tmpdir(), 'yzt-autostart-'))
const file = path.join(config, 'autostart', 'zhongbiao-yizhengtong.desktop')
afterAll(() => rmSync(config, { recursive: true, force: true }))

test('F15.12.8 start at login on Linux writes and removes an autostart file', async () => {
  await setAutostart(true, ['/opt/中标 一证通/one "x" $HOME 100%', 'C:\\a', '--hidden'], config)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(String.raw`Exec="/opt/中标 一证通/one \\"x\\" \\$HOME 100%%" "C:\\\\a" "--hidden"` + '\n')
  expect(text.startsWith('[Desktop Entry]\nType=Application\n')).toBe(true)
  await setAutostart(false, [], config)
  expect(existsSync(file)).toBe(false)
  await expect(setAutostart(false, [], config)).resolves.toBeUndefined()
})
