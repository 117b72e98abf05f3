import type { Translation } from '../translation.ts'
import type { zhCn } from '../zh-cn/index.ts'
import { certificates } from './certificates.ts'
import { common, navigation, words } from './common.ts'
import { consent } from './consent.ts'
import { diagnosis, drivers } from './drivers.ts'
import { grants } from './grants.ts'
import { home } from './home.ts'
import { journal } from './journal.ts'
import { seals } from './seals.ts'
import { settings } from './settings.ts'

export const en: Translation<typeof zhCn> = {
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
}
