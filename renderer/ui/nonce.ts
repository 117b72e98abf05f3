/** The style nonce that main writes into the page (CSP `style-src 'nonce-…'`). */
export const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
