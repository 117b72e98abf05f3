import type { WindowKind } from './ipc.ts'

/** Content-Security-Policy of a window's page; styles carry the nonce (Ant Design's are made at run time). */
export const policyFor = (kind: WindowKind, nonce: string): string =>
  [
    "default-src 'none'",
    // pdf.js decodes some pictures in WebAssembly; the viewer has no PIN and no network.
    `script-src 'self'${kind === 'viewer' ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    // The viewer reads its own fonts and character maps; the others reach nothing at all.
    `connect-src ${kind === 'viewer' ? "'self'" : "'none'"}`,
    "worker-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "object-src 'none'",
  ].join('; ')
