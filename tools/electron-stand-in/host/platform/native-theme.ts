import { EventEmitter } from 'node:events'
import { guardClass } from '../guard.ts'
import { WebContents } from '../pages/web-contents.ts'

type Source = 'system' | 'light' | 'dark'

let source: Source = 'system'

class NativeTheme extends EventEmitter {
  readonly shouldUseHighContrastColors = false
  readonly shouldUseInvertedColorScheme = false
  readonly inForcedColorsMode = false
  readonly prefersReducedTransparency = false

  get themeSource(): Source {
    return source
  }

  set themeSource(value: Source) {
    if (!['system', 'light', 'dark'].includes(value)) throw new TypeError(`unknown theme ${value}`)
    const wasDark = this.shouldUseDarkColors
    source = value
    for (const contents of WebContents.getAllWebContents()) contents._emulate(themeFeatures())
    if (wasDark !== this.shouldUseDarkColors) this.emit('updated')
  }

  /** The system's own choice is not known here: light. */
  get shouldUseDarkColors(): boolean {
    return source === 'dark'
  }

  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return this.shouldUseDarkColors
  }
}

guardClass(NativeTheme, 'nativeTheme')

export const nativeTheme = new NativeTheme()

export const themeFeatures = (): { name: string; value: string }[] => [
  { name: 'prefers-color-scheme', value: source === 'system' ? '' : source },
]
