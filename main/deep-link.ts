import * as z from 'zod'

/**
 * Links of the system: `yzt://open/<screen>`. Anybody can make one, so a link opens a screen and never does more: no
 * parameter is taken and nothing is asked or signed by it.
 */
const screens = ['home', 'certificates', 'seals', 'journal', 'grants', 'drivers', 'settings'] as const
const linkSchema = z
  .string()
  .max(200)
  .regex(/^yzt:\/\/open\/[a-z]+\/?$/)

export const linkScheme = 'yzt'

/** The path of the screen, or null when the link is not one of ours. */
export const parseDeepLink = (link: string): string | null => {
  const parsed = linkSchema.safeParse(link)
  if (!parsed.success) return null
  const name = /^yzt:\/\/open\/([a-z]+)/.exec(parsed.data)?.[1]
  const screen = screens.find((known) => known === name)
  if (screen === undefined) return null
  return `/${screen}`
}

/** The first link on a command line (Windows and Linux hand it over there). */
export const findLink = (args: readonly string[]): string | null =>
  args.find((argument) => argument.startsWith(`${linkScheme}:`)) ?? null
