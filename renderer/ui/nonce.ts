/** The style nonce that main writes into the page (CSP `style-src 'nonce-…'`). */
export const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

/**
 * The UI kit measures scroll bars and locks scrolling with style elements that it forgets to give the nonce. Whoever may
 * run a script here may read the nonce anyway, so that handing it to every style element widens nothing.
 */
export const giveStylesTheNonce = (): void => {
  /* eslint-disable @typescript-eslint/no-deprecated -- only its overload for obsolete tags is */
  const create = document.createElement.bind(document)
  const createWithNonce = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = create(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = styleNonce()
    return element
  }
  document.createElement = createWithNonce
  /* eslint-enable @typescript-eslint/no-deprecated */
}
