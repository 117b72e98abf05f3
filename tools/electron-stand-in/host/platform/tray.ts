import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { guardClass } from '../guard.ts'
import { note } from '../log.ts'
import type { Menu } from './menu.ts'
import type { NativeImage } from './native-image.ts'

/** Keeps what a tray icon would show; there is no icon to click, so `click` comes from tests only. */
export class Tray extends EventEmitter {
  private toolTip = ''
  private title = ''
  private menu: Menu | null = null
  private image: NativeImage | string
  private destroyed = false

  constructor(image: NativeImage | string) {
    super()
    this.image = image
    note('a tray icon was made: it is not shown')
  }

  setImage(image: NativeImage | string): void {
    this.image = image
  }

  setPressedImage(_image: NativeImage | string): void {
    note('setPressedImage concerns macOS only')
  }

  setToolTip(toolTip: string): void {
    this.toolTip = toolTip
  }

  setTitle(title: string): void {
    this.title = title
  }

  getTitle(): string {
    return this.title
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu
  }

  popUpContextMenu(menu = this.menu): void {
    menu?.popup()
  }

  getBounds(): Electron.Rectangle {
    return { x: 0, y: 0, width: 0, height: 0 }
  }

  isDestroyed(): boolean {
    return this.destroyed
  }

  destroy(): void {
    this.destroyed = true
  }

  /** For tests: what would be seen. */
  get _shown() {
    return { toolTip: this.toolTip, title: this.title, menu: this.menu, image: this.image }
  }
}

guardClass(Tray, 'Tray')
