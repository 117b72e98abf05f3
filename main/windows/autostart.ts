import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toStoreError } from '../store/store-errors.ts'

const FILE = 'zhongbiao-yizhengtong.desktop'

/** Quoting of the Exec key (Desktop Entry Specification 1.5, "The Exec key"). */
const quote = (argument: string): string =>
  `"${argument.replaceAll(/[\\"`$]/g, (character) => `\\${character}`).replaceAll('%', '%%')}"`

/** Start at login on Linux (freedesktop.org, Desktop Application Autostart 0.5). `configDirectory`: ~/.config. */
export const setAutostart = async (isOn: boolean, executable: string, configDirectory: string): Promise<void> => {
  const directory = path.join(configDirectory, 'autostart')
  const file = path.join(directory, FILE)
  try {
    if (!isOn) {
      await rm(file, { force: true })
      return
    }
    await mkdir(directory, { recursive: true })
    const lines = [
      '[Desktop Entry]',
      'Type=Application',
      'Name=One Certificate',
      `Exec=${quote(executable)} --hidden`,
      'X-GNOME-Autostart-enabled=true',
      'Terminal=false',
      '',
    ]
    await writeFile(file, lines.join('\n'))
  } catch (error) {
    throw toStoreError(error)
  }
}
