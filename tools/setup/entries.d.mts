export type Target = 'main' | 'preload' | 'page'
export interface Entry {
  name: string
  source: string
  target: Target
}
export const entries: readonly Entry[]
export const rendererName: string
export const rendererPages: readonly string[]
export const nativeModules: readonly string[]
export function nativeClosure(): string[]
export const configOf: Record<Target, string>
export const rendererConfig: string
export function hasSource(entry: Pick<Entry, 'source'>): boolean
