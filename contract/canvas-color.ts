/** Behind everything in a window, and the window's own colour before its page has drawn. */
export const canvasColor = { light: '#f4f6f9', dark: '#0f141c' } as const
