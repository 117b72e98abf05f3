export function createIgnore(modules?: readonly string[]): (file: string) => boolean
export function deleteForeignPrebuilds(folder: string, platform: string, arch: string): void
