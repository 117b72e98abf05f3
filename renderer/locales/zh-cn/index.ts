import { certificates } from './certificates.ts'
import { common, navigation, words } from './common.ts'
import { consent } from './consent.ts'
import { diagnosis, drivers } from './drivers.ts'
import { grants } from './grants.ts'
import { home } from './home.ts'
import { journal } from './journal.ts'
import { seals } from './seals.ts'
import { settings } from './settings.ts'

/** The source language. A key that English lacks does not compile (`../en/index.ts`). */
export const zhCn = {
  common,
  navigation,
  words,
  home,
  certificates,
  seals,
  journal,
  grants,
  drivers,
  diagnosis,
  settings,
  consent,
} as const
