import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'
import { CodeText } from '../../ui/code-text.tsx'
import { formatSize, groupHex } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { StateTag } from '../../ui/state-text.tsx'

type MessageSubject = Extract<ConsentView['subject'], { kind: 'message_sign' }>

/** F17.6: each message in full or its beginning, with size and digest. */
export const MessageView = ({ subject }: { readonly subject: MessageSubject }) => {
  const { t } = useTranslation()
  return (
    <div className="reading">
      {subject.format === 'raw' ? (
        <Notice tone="warning" title={t('consent.messages.raw')} />
      ) : (
        <div>
          <StateTag tone="neutral">{t('consent.messages.cms')}</StateTag>
        </div>
      )}
      {subject.messages.map((message, index) => {
        const name = message.name === '' ? t('consent.messages.unnamed', { n: index + 1 }) : message.name
        return (
          <section key={index} className="message" aria-label={name}>
            <h2>{name}</h2>
            <div className="cell-note">
              {formatSize(message.size)}
              {!message.isText && ` · ${t('consent.messages.binary')}`}
              {message.isTruncated && ` · ${t('consent.messages.truncated')}`}
            </div>
            <pre tabIndex={0} className={message.isText ? 'message-text' : 'message-text message-binary'}>
              {message.preview}
            </pre>
            <div className="message-digest">
              {t('consent.documents.digest')}{' '}
              <CodeText value={message.sha256} shown={groupHex(message.sha256)} label={t('consent.documents.digest')} />
            </div>
          </section>
        )
      })}
    </div>
  )
}
