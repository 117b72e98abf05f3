import { useTranslation } from 'react-i18next'
import type { ConsentCertificate, ConsentView } from '#contract/client.ts'
import { errorText } from '../../locales/error-text.ts'
import { Notice } from '../../ui/notice.tsx'

interface Props {
  readonly error: NonNullable<ConsentView['error']>
  readonly certificate: ConsentCertificate | undefined
}

/** Why it is being asked again. A wrong PIN says how many tries are left, the last one louder. */
export const ProblemNotice = ({ error, certificate }: Props) => {
  const { t, i18n } = useTranslation()
  const pin = certificate?.pin
  if (error.code === 'pin.incorrect' && pin && pin.state !== 'locked') {
    const isLast = pin.state === 'last' || pin.triesLeft === 1
    if (isLast)
      return (
        <Notice tone="danger" role="alert" title={t('consent.errors.pinIncorrectLast')}>
          {t('consent.errors.pinIncorrectLastNext')}
        </Notice>
      )
    return (
      <Notice
        tone="danger"
        role="alert"
        title={
          pin.triesLeft === null
            ? t('consent.errors.pinIncorrect')
            : t('consent.errors.pinIncorrectTries', { n: pin.triesLeft })
        }
      >
        {t('consent.errors.pinIncorrectNext')}
      </Notice>
    )
  }
  // The try that locked it is answered as a wrong PIN; what matters now is the lock.
  const text = errorText(pin?.state === 'locked' ? 'pin.locked' : error.code, i18n.language)
  return (
    <Notice tone="danger" role="alert" title={text.what}>
      {text.next}
    </Notice>
  )
}
