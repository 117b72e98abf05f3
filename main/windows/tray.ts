import { Menu, nativeImage, Tray } from 'electron'
import type { ShellText } from '#contract/shell-text.ts'
import icon from '../../renderer/assets/icon-32.png?inline'

export interface TrayPorts {
  readonly text: () => ShellText
  readonly isBridgeEnabled: () => boolean
  readonly open: () => void
  readonly switchBridge: (isOn: boolean) => void
  readonly quit: () => void
}

/** 32 × 32 pixels: shown at 16 × 16 or twice as fine. */
const createIcon = () => {
  const bytes = Buffer.from(icon.slice(icon.indexOf(',') + 1), 'base64')
  return nativeImage.createFromBuffer(bytes, { scaleFactor: 2 })
}

/** The icon by the clock: the program lives on there while its window is closed, so that pages reach it. */
export const createTray = (ports: TrayPorts) => {
  const tray = new Tray(createIcon())

  const refresh = () => {
    const text = ports.text()
    tray.setToolTip(text.productName)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: text.open, click: ports.open },
        {
          label: text.bridgeOn,
          type: 'checkbox',
          checked: ports.isBridgeEnabled(),
          click: ({ checked }) => ports.switchBridge(checked),
        },
        { type: 'separator' },
        { label: text.quit, click: ports.quit },
      ]),
    )
  }

  tray.on('click', ports.open)
  refresh()
  return { refresh, destroy: () => tray.destroy() }
}
