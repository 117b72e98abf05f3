export function electronSource(
  env: Record<string, string | undefined>,
): { electronZipDir: string } | { download: { checksums: Record<string, string> } }
