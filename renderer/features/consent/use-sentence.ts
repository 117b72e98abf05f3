import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'

/** A platform that is not registered has no name to be trusted: its address stands for it. */
export const platformName = (view: ConsentView): string =>
  view.platform.isRegistered && view.platform.name !== '' ? view.platform.name : view.origin.display

/** What is going to happen, in one sentence. */
export const useSentence = (view: ConsentView): string => {
  const { t } = useTranslation()
  const { subject } = view
  const platform = platformName(view)
  switch (subject.kind) {
    case 'message_sign': {
      const n = subject.messages.length
      return subject.format === 'raw'
        ? t('consent.sentence.message_sign_raw', { platform, n })
        : t('consent.sentence.message_sign', { platform, n })
    }
    case 'document_sign': {
      const n = subject.documents.length
      return subject.wantsSeal
        ? t('consent.sentence.document_seal', { platform, n })
        : t('consent.sentence.document_sign', { platform, n })
    }
    default:
      return t(`consent.sentence.${subject.kind}` as const, { platform })
  }
}
