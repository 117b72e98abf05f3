import { theme as antd, type ThemeConfig } from 'antd'
import { canvasColor } from '#contract/canvas-color.ts'

/**
 * Every colour of the program, light and dark under the same names. Text colours have a contrast of at least 4.5:1 on
 * `canvas` and `surface`; `seal` is for seals and stamps alone; amber and red are for warnings and errors.
 */
export interface Palette {
  readonly canvas: string
  readonly surface: string
  readonly sunken: string
  readonly track: string
  readonly line: string
  readonly lineStrong: string
  readonly ink: string
  readonly inkSoft: string
  readonly inkFaint: string
  readonly accent: string
  readonly accentHover: string
  readonly accentText: string
  readonly accentSoft: string
  readonly onAccent: string
  readonly seal: string
  readonly warning: string
  readonly warningSoft: string
  readonly warningLine: string
  readonly danger: string
  readonly dangerSoft: string
  readonly dangerLine: string
  readonly good: string
  readonly goodSoft: string
  readonly paper: string
  /** Text on paper, which is white in the dark theme too. */
  readonly onPaper: string
}

export const light: Palette = {
  canvas: canvasColor.light,
  surface: '#ffffff',
  sunken: '#edf0f5',
  track: '#e3e8ef',
  line: '#dde3eb',
  lineStrong: '#b6c0ce',
  ink: '#16202e',
  inkSoft: '#445165',
  inkFaint: '#5d6a7d',
  accent: '#1c4b8f',
  accentHover: '#2a5ca5',
  accentText: '#1c4b8f',
  accentSoft: '#e6eef9',
  onAccent: '#ffffff',
  seal: '#c8161d',
  warning: '#855300',
  warningSoft: '#fff6e1',
  warningLine: '#e5c06a',
  danger: '#b3261e',
  dangerSoft: '#fdeeec',
  dangerLine: '#ecaaa4',
  good: '#1a6b3c',
  goodSoft: '#e7f4ec',
  paper: '#ffffff',
  onPaper: '#5d6a7d',
}

export const dark: Palette = {
  canvas: canvasColor.dark,
  surface: '#171e29',
  sunken: '#111722',
  track: '#0a0e15',
  line: '#293445',
  lineStrong: '#47566c',
  ink: '#e7ecf3',
  inkSoft: '#bac4d2',
  inkFaint: '#98a5b7',
  accent: '#2f68b8',
  accentHover: '#3873c6',
  accentText: '#8db8f2',
  accentSoft: '#1b2c45',
  onAccent: '#ffffff',
  seal: '#e0434a',
  warning: '#e9bb5c',
  warningSoft: '#2c2413',
  warningLine: '#6b5523',
  danger: '#f4948c',
  dangerSoft: '#331a19',
  dangerLine: '#7a3b36',
  good: '#78c897',
  goodSoft: '#14291d',
  paper: '#ffffff',
  onPaper: '#5d6a7d',
}

const fontFamily =
  '-apple-system, BlinkMacSystemFont, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif'
const monospace =
  'ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace'

/** Names for style sheets: `inkSoft` becomes `--ink-soft`. */
export const cssVariables = (palette: Palette): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({ ...palette, fontFamily, monospace }).map(([name, value]: [string, string]) => [
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
  )

/** The same colours in the UI kit's words. */
export const antdTheme = (isDark: boolean, isMotionReduced: boolean): ThemeConfig => {
  const palette = isDark ? dark : light
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: {
      colorPrimary: palette.accent,
      colorPrimaryHover: palette.accentHover,
      colorPrimaryActive: palette.accent,
      colorInfo: palette.accent,
      colorLink: palette.accentText,
      colorLinkHover: palette.accentText,
      colorError: isDark ? '#cf4f46' : palette.danger,
      colorErrorText: palette.danger,
      colorWarning: isDark ? palette.warning : '#b87400',
      colorSuccess: isDark ? palette.good : '#1f7d47',
      colorBgBase: isDark ? palette.canvas : palette.surface,
      colorBgLayout: palette.canvas,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.surface,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSoft,
      colorTextTertiary: palette.inkFaint,
      colorTextDescription: palette.inkFaint,
      colorTextPlaceholder: palette.inkFaint,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      fontFamily,
      fontFamilyCode: monospace,
      fontSize: 14,
      borderRadius: 6,
      borderRadiusLG: 8,
      controlHeight: 36,
      sizeUnit: 4,
      sizeStep: 4,
      motion: !isMotionReduced,
      motionDurationSlow: '0.18s',
      motionDurationMid: '0.14s',
      motionDurationFast: '0.1s',
      boxShadowTertiary: 'none',
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
      Table: { headerBg: palette.sunken, headerColor: palette.inkSoft, headerSplitColor: 'transparent' },
      Modal: { titleFontSize: 16 },
      Segmented: { trackBg: palette.track, itemSelectedBg: palette.surface },
      Tabs: { horizontalMargin: '0 0 16px 0' },
    },
  }
}
