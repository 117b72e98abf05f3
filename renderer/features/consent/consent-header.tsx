import { ClockCircleOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'
import { formatCountdown } from '../../ui/format.ts'
import { StateTag } from '../../ui/state-text.tsx'
import { useSentence } from './use-sentence.ts'

interface Props {
  readonly view: ConsentView
  readonly now: number
}

const hurrySeconds = 60

const Origin = ({ view }: { readonly view: ConsentView }) => {
  const { t } = useTranslation()
  const { ascii, display, isSecure } = view.origin
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(ascii).hostname)
  return (
    <dl className="consent-origin">
      <div>
        <dt>{t('consent.origin')}</dt>
        <dd>
          <code className="consent-address">{display}</code>
          {!isSecure && !isLoopback && <StateTag tone="warning">{t('consent.insecure')}</StateTag>}
          {display !== ascii && <span className="cell-note">{t('consent.asciiForm', { ascii })}</span>}
          {display === ascii && ascii.includes('xn--') && <StateTag tone="danger">{t('consent.punycode')}</StateTag>}
        </dd>
      </div>
      <div>
        <dt>{t('words.systemCode')}</dt>
        <dd>
          <code>{view.platform.systemCode}</code>
          <StateTag tone={view.platform.isRegistered ? 'good' : 'warning'}>
            {view.platform.isRegistered ? t('consent.registered') : t('consent.unregistered')}
          </StateTag>
        </dd>
      </div>
    </dl>
  )
}

/** Who asks for what, from where, and how long there is to answer. */
export const ConsentHeader = ({ view, now }: Props) => {
  const { t } = useTranslation()
  const sentence = useSentence(view)
  const seconds = Math.max(0, Math.ceil((Date.parse(view.expiresAt) - now) / 1000))
  const time = formatCountdown(seconds)
  return (
    <header className="consent-header">
      <div className="consent-heading">
        <h1>{sentence}</h1>
        <Origin view={view} />
        {!view.platform.isRegistered && <p className="consent-unregistered">{t('consent.unregisteredHint')}</p>}
      </div>
      {view.phase === 'asking' && (
        <div
          className={seconds <= hurrySeconds ? 'consent-clock consent-clock-hurry' : 'consent-clock'}
          role="timer"
          aria-label={t('consent.timeLeftLabel', { time })}
        >
          <ClockCircleOutlined aria-hidden /> {t('consent.timeLeft', { time })}
        </div>
      )}
    </header>
  )
}
