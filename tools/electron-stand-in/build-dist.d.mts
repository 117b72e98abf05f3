export function buildDist(): Promise<string>
export function buildZip(): Promise<string>
