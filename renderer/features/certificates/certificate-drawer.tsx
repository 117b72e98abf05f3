import { App, Button, Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CertificateSummary } from '#contract/certificates.ts'
import type { Token } from '#contract/keys.ts'
import { CodeText } from '../../ui/code-text.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatTime, groupHex } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { useAct } from '../../ui/query.ts'
import { StateText } from '../../ui/state-text.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { useFailure } from '../../ui/use-failure.ts'
import { useKeyWords } from '../../ui/use-key-words.ts'
import './certificates.css'

interface Props {
  readonly certificate: CertificateSummary | undefined
  readonly token: Token | undefined
  readonly onClose: () => void
  readonly onChangePin: (tokenId: string) => void
  readonly onUnlockPin: (tokenId: string) => void
}

type DetailProps = Omit<Props, 'certificate' | 'onClose'> & { readonly certificate: CertificateSummary }

const Detail = ({ certificate, token, onChangePin, onUnlockPin }: DetailProps) => {
  const { t } = useTranslation()
  const words = useCertificateWords()
  const key = useKeyWords()
  const state = words.state(certificate)
  const pin = token && words.pin(token.pin)
  return (
    <>
      <div className="certificate-head">
        <h3>{certificate.subject.commonName}</h3>
        <StateText tone={state.tone}>
          {[state.text, words.remaining(certificate)].filter((part) => part !== '').join(' · ')}
        </StateText>
      </div>
      <Facts
        facts={[
          certificate.subject.organization === ''
            ? null
            : { label: t('words.organization'), value: certificate.subject.organization },
          certificate.creditCode === null
            ? null
            : {
                label: t('words.creditCode'),
                value: <CodeText value={certificate.creditCode} label={t('words.creditCode')} />,
              },
          { label: t('certificates.detail.identity'), value: t(`words.identity.${certificate.identity}` as const) },
          { label: t('certificates.detail.kind'), value: t(`words.certificateKind.${certificate.kind}` as const) },
          { label: t('words.authority'), value: certificate.issuer.commonName },
          {
            label: t('certificates.detail.validity'),
            value: t('words.validBetween', {
              from: formatTime(certificate.notBefore),
              to: formatTime(certificate.notAfter),
            }),
          },
          {
            label: t('certificates.detail.serial'),
            value: (
              <CodeText
                value={certificate.serial}
                shown={groupHex(certificate.serial)}
                label={t('certificates.detail.serial')}
              />
            ),
          },
          {
            label: t('certificates.detail.key'),
            value: key.algorithm(certificate),
          },
          { label: t('certificates.detail.keyUsage'), value: key.usage(certificate.keyUsage) },
          {
            label: t('certificates.detail.fingerprint'),
            value: (
              <CodeText
                value={certificate.id}
                shown={groupHex(certificate.id)}
                label={t('certificates.detail.fingerprint')}
              />
            ),
          },
          { label: t('certificates.detail.subjectFull'), value: certificate.subject.full },
          { label: t('certificates.detail.issuerFull'), value: certificate.issuer.full },
        ]}
      />
      <Section title={t('certificates.detail.medium')}>
        <Facts
          facts={[
            {
              label: t('certificates.detail.medium'),
              value: `${certificate.tokenLabel ?? t('common.none')} · ${
                certificate.isPluggedIn ? t('words.pluggedIn') : t('words.notPluggedIn')
              }`,
            },
            pin
              ? { label: t('certificates.detail.pin'), value: <StateText tone={pin.tone}>{pin.text}</StateText> }
              : null,
          ]}
        />
        {token && (
          <div className="certificate-pin">
            <Button disabled={token.pin.state === 'locked'} onClick={() => onChangePin(token.id)}>
              {t('certificates.pin.change')}
            </Button>
            <Button onClick={() => onUnlockPin(token.id)}>{t('certificates.pin.unlock')}</Button>
            {token.pin.state === 'locked' && <span className="cell-note">{t('certificates.pin.adminOnly')}</span>}
          </div>
        )}
      </Section>
    </>
  )
}

/** One certificate in full, from the side. */
export const CertificateDrawer = ({ certificate, token, onClose, onChangePin, onUnlockPin }: Props) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const fail = useFailure()
  const exportFile = useAct('certificates.export')

  const save = (format: 'pem' | 'der') => {
    if (!certificate) return
    exportFile.mutate(
      { id: certificate.id, format },
      {
        onSuccess: ({ path }) => {
          if (path !== null) void message.success(t('common.savedTo', { path }))
        },
        onError: fail,
      },
    )
  }

  return (
    <Drawer
      open={certificate !== undefined}
      onClose={onClose}
      size={560}
      title={t('certificates.detail.title')}
      footer={
        <div className="certificate-export">
          <span className="cell-note">{t('certificates.detail.exportHint')}</span>
          <Button onClick={() => save('pem')}>{t('certificates.detail.exportPem')}</Button>
          <Button onClick={() => save('der')}>{t('certificates.detail.exportDer')}</Button>
        </div>
      }
    >
      {certificate && (
        <Detail certificate={certificate} token={token} onChangePin={onChangePin} onUnlockPin={onUnlockPin} />
      )}
    </Drawer>
  )
}
