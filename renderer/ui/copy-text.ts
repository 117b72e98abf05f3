/** Puts text on the clipboard on a click, which main allows its windows; false when the system refused. */
export const copyText = (text: string): Promise<boolean> =>
  navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
