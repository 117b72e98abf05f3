import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { Bounds } from '../browser/browser-process.ts'
import { note } from '../log.ts'
import type { NativeImage } from '../platform/native-image.ts'
import { workArea } from '../platform/screen.ts'

type Options = Electron.BaseWindowConstructorOptions

/** Flags the stand-in remembers and answers, but cannot show through DevTools. */
const UNSEEN = {
  alwaysOnTop: false,
  resizable: true,
  movable: true,
  minimizable: true,
  maximizable: true,
  fullScreenable: true,
  closable: true,
  focusable: true,
  enabled: true,
  menuBarVisible: true,
  autoHideMenuBar: false,
  contentProtected: false,
  skipTaskbar: false,
  visibleOnAllWorkspaces: false,
  kiosk: false,
}

/** Geometry and flags of a window, apart from what it shows. */
export abstract class WindowFrame extends EventEmitter {
  private bounds: Bounds
  private readonly flags: typeof UNSEEN
  private minimumSize: [number, number]
  private maximumSize: [number, number]
  private opacity: number
  private backgroundColor: string
  private progress = -1

  constructor(options: Options) {
    super()
    this.setMaxListeners(0)
    const { width = 800, height = 600 } = options
    this.bounds = { ...centred(width, height), width, height }
    if (options.x !== undefined && options.y !== undefined) Object.assign(this.bounds, { x: options.x, y: options.y })
    this.flags = { ...UNSEEN }
    for (const name of ['alwaysOnTop', 'resizable', 'movable', 'minimizable', 'maximizable', 'closable'] as const) {
      this.flags[name] = options[name] ?? UNSEEN[name]
    }
    this.flags.focusable = options.focusable ?? true
    this.flags.skipTaskbar = options.skipTaskbar ?? false
    this.flags.autoHideMenuBar = options.autoHideMenuBar ?? false
    this.minimumSize = [options.minWidth ?? 0, options.minHeight ?? 0]
    this.maximumSize = [options.maxWidth ?? 0, options.maxHeight ?? 0]
    this.opacity = options.opacity ?? 1
    this.backgroundColor = options.backgroundColor ?? '#FFFFFF'
  }

  protected abstract applyBounds(bounds: Bounds): void

  /** The user moved or resized the window. */
  protected boundsReported(bounds: Bounds): void {
    const { x, y, width, height } = this.bounds
    if (x === bounds.x && y === bounds.y && width === bounds.width && height === bounds.height) return
    this.bounds = bounds
    if (width !== bounds.width || height !== bounds.height) this.emit('resize')
    if (x !== bounds.x || y !== bounds.y) this.emit('move')
  }

  getBounds(): Bounds {
    return { ...this.bounds }
  }

  setBounds(bounds: Partial<Bounds>): void {
    const before = this.bounds
    const next = { ...before, ...bounds }
    const [minWidth, minHeight] = this.minimumSize
    this.bounds = { ...next, width: Math.max(next.width, minWidth), height: Math.max(next.height, minHeight) }
    this.applyBounds(this.bounds)
    if (before.width !== this.bounds.width || before.height !== this.bounds.height) this.emit('resize')
    if (before.x !== this.bounds.x || before.y !== this.bounds.y) this.emit('move')
  }

  getNormalBounds(): Bounds {
    return this.getBounds()
  }

  getContentBounds(): Bounds {
    return this.getBounds()
  }

  setContentBounds(bounds: Bounds): void {
    this.setBounds(bounds)
  }

  getSize(): [number, number] {
    return [this.bounds.width, this.bounds.height]
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height })
  }

  getContentSize(): [number, number] {
    return this.getSize()
  }

  setContentSize(width: number, height: number): void {
    this.setBounds({ width, height })
  }

  getPosition(): [number, number] {
    return [this.bounds.x, this.bounds.y]
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y })
  }

  center(): void {
    this.setBounds(centred(this.bounds.width, this.bounds.height))
  }

  getMinimumSize(): [number, number] {
    return [...this.minimumSize]
  }

  setMinimumSize(width: number, height: number): void {
    this.minimumSize = [width, height]
    this.setBounds({})
  }

  getMaximumSize(): [number, number] {
    return [...this.maximumSize]
  }

  setMaximumSize(width: number, height: number): void {
    this.maximumSize = [width, height]
  }

  isAlwaysOnTop(): boolean {
    return this.flags.alwaysOnTop
  }

  setAlwaysOnTop(flag: boolean, _level?: string, _relativeLevel?: number): void {
    const isChanged = this.flags.alwaysOnTop !== flag
    this.setFlag('alwaysOnTop', flag)
    if (isChanged) this.emit('always-on-top-changed', {}, flag)
  }

  isResizable(): boolean {
    return this.flags.resizable
  }

  setResizable(flag: boolean): void {
    this.setFlag('resizable', flag)
  }

  isMovable(): boolean {
    return this.flags.movable
  }

  setMovable(flag: boolean): void {
    this.setFlag('movable', flag)
  }

  isMinimizable(): boolean {
    return this.flags.minimizable
  }

  setMinimizable(flag: boolean): void {
    this.setFlag('minimizable', flag)
  }

  isMaximizable(): boolean {
    return this.flags.maximizable
  }

  setMaximizable(flag: boolean): void {
    this.setFlag('maximizable', flag)
  }

  isFullScreenable(): boolean {
    return this.flags.fullScreenable
  }

  setFullScreenable(flag: boolean): void {
    this.setFlag('fullScreenable', flag)
  }

  isClosable(): boolean {
    return this.flags.closable
  }

  setClosable(flag: boolean): void {
    this.setFlag('closable', flag)
  }

  isFocusable(): boolean {
    return this.flags.focusable
  }

  setFocusable(flag: boolean): void {
    this.setFlag('focusable', flag)
  }

  isEnabled(): boolean {
    return this.flags.enabled
  }

  setEnabled(flag: boolean): void {
    this.setFlag('enabled', flag)
  }

  isKiosk(): boolean {
    return this.flags.kiosk
  }

  isMenuBarVisible(): boolean {
    return this.flags.menuBarVisible
  }

  setMenuBarVisibility(flag: boolean): void {
    this.setFlag('menuBarVisible', flag)
  }

  isMenuBarAutoHide(): boolean {
    return this.flags.autoHideMenuBar
  }

  setAutoHideMenuBar(flag: boolean): void {
    this.setFlag('autoHideMenuBar', flag)
  }

  isContentProtected(): boolean {
    return this.flags.contentProtected
  }

  setContentProtection(flag: boolean): void {
    this.setFlag('contentProtected', flag)
  }

  setSkipTaskbar(flag: boolean): void {
    this.setFlag('skipTaskbar', flag)
  }

  isVisibleOnAllWorkspaces(): boolean {
    return this.flags.visibleOnAllWorkspaces
  }

  setVisibleOnAllWorkspaces(flag: boolean): void {
    this.setFlag('visibleOnAllWorkspaces', flag)
  }

  getOpacity(): number {
    return this.opacity
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity
    note('setOpacity is not shown')
  }

  getBackgroundColor(): string {
    return this.backgroundColor
  }

  setBackgroundColor(color: string): void {
    this.backgroundColor = color
    note('setBackgroundColor is not shown')
  }

  setProgressBar(progress: number): void {
    this.progress = progress
    note(`setProgressBar(${this.progress}) is not shown`)
  }

  setIcon(_icon: NativeImage | string): void {
    note('setIcon is not shown')
  }

  setMenu(_menu: unknown): void {
    note('setMenu is not shown')
  }

  removeMenu(): void {
    note('removeMenu: no menu is shown')
  }

  setOverlayIcon(): void {
    note("setOverlayIcon concerns Windows' taskbar only")
  }

  flashFrame(flag: boolean): void {
    note(`flashFrame(${flag}) is not shown`)
  }

  private setFlag(name: keyof typeof UNSEEN, value: boolean): void {
    this.flags[name] = value
    note(`${name} = ${value} is remembered, not shown`)
  }
}

function centred(width: number, height: number): { x: number; y: number } {
  const area = workArea()
  const x = area.x + Math.max(0, Math.round((area.width - width) / 2))
  return { x, y: area.y + Math.max(0, Math.round((area.height - height) / 2)) }
}
