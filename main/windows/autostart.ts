import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { toStoreError } from '../store/store-errors.ts'

const FILE = 'zhongbiao-yizhengtong.desktop'

/**
 * Quoted as "The Exec key" of the Desktop Entry Specification 1.5 wants it, and then each backslash once more, because the
 * key's value is a string ("Possible value types").
 */
const quote = (argument: string): string => {
  const quoted = argument.replaceAll(/[\\"`$]/g, (character) => `\\${character}`).replaceAll('%', '%%')
  return `"${quoted.replaceAll('\\', '\\\\')}"`
}

/** Start at login on Linux (freedesktop.org, Desktop Application Autostart 0.5). `configDirectory`: ~/.config. */
export const setAutostart = async (
  isOn: boolean,
  command: readonly string[],
  configDirectory: string,
): Promise<void> => {
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
      `Exec=${command.map(quote).join(' ')}`,
      'X-GNOME-Autostart-enabled=true',
      'Terminal=false',
      '',
    ]
    await writeFile(file, lines.join('\n'))
  } catch (error) {
    throw toStoreError(error)
  }
}
