import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { guardClass, notImplemented } from '../guard.ts'
import { note } from '../log.ts'
import { app } from '../process/app.ts'
import { BrowserWindow } from '../windows/browser-window.ts'

type Template = Electron.MenuItemConstructorOptions | MenuItem

let lastCommand = 0

const ROLES: Record<string, (window: BrowserWindow | null) => void> = {
  quit: () => app.quit(),
  close: (window) => window?.close(),
  minimize: (window) => window?.minimize(),
  reload: (window) => window?.reload(),
  toggledevtools: (window) => window?.webContents.openDevTools(),
}

/** An entry a program or a test can find and click; no pixels. */
export class MenuItem {
  readonly id: string
  readonly commandId = ++lastCommand
  readonly type: string
  readonly role: string | undefined
  readonly accelerator: string | undefined
  readonly submenu: Menu | undefined
  readonly icon: unknown
  readonly sublabel: string
  readonly toolTip: string
  label: string
  enabled: boolean
  visible: boolean
  checked: boolean
  menu: Menu | null = null
  readonly click: (event?: unknown, window?: BrowserWindow | null) => void

  constructor(options: Electron.MenuItemConstructorOptions) {
    this.id = options.id ?? ''
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal')
    this.role = options.role?.toLowerCase()
    this.accelerator = options.accelerator
    this.icon = options.icon
    this.label = options.label ?? options.role ?? ''
    this.sublabel = options.sublabel ?? ''
    this.toolTip = options.toolTip ?? ''
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    if (options.submenu) {
      this.submenu = Array.isArray(options.submenu)
        ? Menu.buildFromTemplate(options.submenu)
        : (options.submenu as unknown as Menu)
    }
    this.click = (event = {}, window = BrowserWindow.getFocusedWindow()) => {
      if (!this.enabled) return
      if (this.type === 'checkbox') this.checked = !this.checked
      if (this.type === 'radio') this.checked = true
      if (options.click) {
        options.click(
          this as unknown as Electron.MenuItem,
          window as unknown as Electron.BaseWindow,
          event as Electron.KeyboardEvent,
        )
      } else if (this.role !== undefined) {
        const act = ROLES[this.role]
        if (!act) throw notImplemented(`the menu role ${this.role}`)
        act(window)
      }
    }
  }
}

guardClass(MenuItem, 'MenuItem')

let applicationMenu: Menu | null = null

export class Menu extends EventEmitter {
  readonly items: MenuItem[] = []

  static buildFromTemplate(template: Template[]): Menu {
    const menu = new Menu()
    for (const entry of template) menu.append(entry instanceof MenuItem ? entry : new MenuItem(entry))
    return menu
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu
  }

  append(item: MenuItem): void {
    this.insert(this.items.length, item)
  }

  insert(position: number, item: MenuItem): void {
    item.menu = this
    this.items.splice(position, 0, item)
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null)
      if (found) return found
    }
    return null
  }

  popup(options: { callback?: () => void } = {}): void {
    note('a menu was opened: it has no pixels, its items can be clicked by code')
    this.emit('menu-will-show', {})
    this.emit('menu-will-close', {})
    options.callback?.()
  }

  closePopup(): void {
    this.emit('menu-will-close', {})
  }
}

guardClass(Menu, 'Menu')
