import { Menu, nativeImage, Tray } from 'electron'
import type { ShellText } from '#contract/shell-text.ts'

export interface TrayPorts {
  readonly text: () => ShellText
  readonly isBridgeEnabled: () => boolean
  readonly open: () => void
  readonly switchBridge: (isOn: boolean) => void
  readonly quit: () => void
}

/** 32 × 32 pixels, PNG: shown at 16 × 16 or twice as fine. */
const ICON =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAYAAABzenr0AAAAgklEQVR42u2XSwrAIAxEPYPH6vm8r6U7kUjD5DOFZsBt3kONxNYqQvo1ZsSigdUiVIEs+FGiBCIgT2gCa9IF9qQKSEkT0MJDBE4xC7wVQuBqAU1BBA4LSIUROHQEEgCFmwXQbYe7wBsOtSFdwHLjXR8iD3gNJCVAn4y/+zGhf81+mRuZWJKz0Y+OTwAAAABJRU5ErkJggg=='

const createIcon = () => nativeImage.createFromBuffer(Buffer.from(ICON, 'base64'), { scaleFactor: 2 })

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
