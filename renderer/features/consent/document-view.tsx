import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { Button, InputNumber, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentView } from '#contract/client.ts'
import { CodeText } from '../../ui/code-text.tsx'
import { Facts } from '../../ui/facts.tsx'
import { formatSize, groupHex } from '../../ui/format.ts'
import type { Fit } from './fit-page.ts'
import { PageView, type ConsentDocument } from './page-view.tsx'
import './documents.css'

interface Props {
  readonly view: ConsentView
  readonly subject: Extract<ConsentView['subject'], { kind: 'document_sign' }>
  readonly onPage: (page: string, isShown: boolean) => void
}

const DocumentList = ({
  documents,
  current,
  onOpen,
}: {
  readonly documents: readonly ConsentDocument[]
  readonly current: string
  readonly onOpen: (id: string) => void
}) => {
  const { t } = useTranslation()
  return (
    <nav className="document-list" aria-label={t('consent.documents.list')}>
      <h2>{t('consent.documents.countOf', { n: documents.length })}</h2>
      <ol>
        {documents.map((document) => (
          <li key={document.id}>
            <button type="button" aria-current={document.id === current} onClick={() => onOpen(document.id)}>
              <span>{document.name}</span>
              <span className="cell-note">
                {t('consent.documents.pages', { n: document.pageCount })} · {formatSize(document.size)}
                {document.placements.length > 0 &&
                  ` · ${t('consent.documents.sealsOn', { n: document.placements.length })}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** The next page with a seal after this one, from the start again behind the last. */
const nextSealPage = (document: ConsentDocument, page: number): number | null => {
  const pages = [...new Set(document.placements.map((placement) => placement.page))].sort((a, b) => a - b)
  return pages.find((candidate) => candidate > page) ?? pages[0] ?? null
}

const Preview = ({ document, view, onPage }: Omit<Props, 'subject'> & { readonly document: ConsentDocument }) => {
  const { t } = useTranslation()
  const [{ page, toSeal }, setPlace] = useState({ page: 1, toSeal: 0 })
  const [fit, setFit] = useState<Fit>('page')
  const { subject } = view
  const seal =
    subject.kind === 'document_sign'
      ? view.seals.find((candidate) => candidate.id === subject.requestedSealId)
      : undefined
  const sealPage = nextSealPage(document, page)
  const go = (wanted: number | null) => {
    if (wanted !== null && wanted >= 1 && wanted <= document.pageCount)
      setPlace({ page: Math.trunc(wanted), toSeal: 0 })
  }
  return (
    <div
      className="preview"
      onKeyDown={(event) => {
        // In full width these keys scroll, so that no part of a page is passed over.
        if (fit !== 'page') return
        if (event.key === 'PageDown') go(page + 1)
        else if (event.key === 'PageUp') go(page - 1)
      }}
    >
      <div className="preview-bar">
        <Button
          type="text"
          icon={<LeftOutlined />}
          aria-label={t('consent.documents.previous')}
          disabled={page <= 1}
          onClick={() => go(page - 1)}
        />
        <InputNumber
          size="small"
          controls={false}
          min={1}
          max={document.pageCount}
          precision={0}
          value={page}
          aria-label={t('consent.documents.pageInput')}
          className="preview-page"
          onChange={go}
        />
        <span>{t('consent.documents.of', { total: document.pageCount })}</span>
        <Button
          type="text"
          icon={<RightOutlined />}
          aria-label={t('consent.documents.next')}
          disabled={page >= document.pageCount}
          onClick={() => go(page + 1)}
        />
        {sealPage !== null && (sealPage !== page || fit === 'width') && (
          <Button size="small" onClick={() => setPlace({ page: sealPage, toSeal: toSeal + 1 })}>
            {t('consent.documents.toSeal')}
          </Button>
        )}
        <Segmented
          size="small"
          className="preview-fit"
          aria-label={t('consent.documents.zoom')}
          value={fit}
          onChange={setFit}
          options={[
            { value: 'page', label: t('consent.documents.fitPage') },
            { value: 'width', label: t('consent.documents.fitWidth') },
          ]}
        />
      </div>
      <PageView document={document} page={page} fit={fit} seal={seal} toSeal={toSeal} onPage={onPage} />
    </div>
  )
}

const DocumentFacts = ({ document, subject }: { readonly document: ConsentDocument } & Pick<Props, 'subject'>) => {
  const { t } = useTranslation()
  const parts = [
    formatSize(document.size),
    t('consent.documents.pages', { n: document.pageCount }),
    document.placements.length > 0
      ? t('consent.documents.sealsOn', { n: document.placements.length })
      : t('consent.documents.invisible'),
    document.existingSignatures > 0 ? t('consent.documents.existing', { n: document.existingSignatures }) : '',
    subject.reason === ''
      ? ''
      : t('consent.documents.named', { name: t('consent.documents.reason'), value: subject.reason }),
    subject.location === ''
      ? ''
      : t('consent.documents.named', { name: t('consent.documents.location'), value: subject.location }),
  ].filter((part) => part !== '')
  return (
    <div className="document-facts">
      <div className="document-name">{document.name}</div>
      <div className="cell-note">{parts.join(' · ')}</div>
      <Facts
        facts={[
          {
            label: t('consent.documents.digest'),
            value: (
              <CodeText
                value={document.sha256}
                shown={groupHex(document.sha256)}
                label={t('consent.documents.digest')}
              />
            ),
          },
        ]}
      />
    </div>
  )
}

/** The pages themselves with the seal where it will land; a batch is listed in full. */
export const DocumentView = ({ view, subject, onPage }: Props) => {
  const [openId, setOpenId] = useState<string | null>(null)
  const { documents } = subject
  const document = documents.find((candidate) => candidate.id === openId) ?? documents[0]
  if (!document) return null
  return (
    <div className={documents.length > 1 ? 'documents documents-several' : 'documents'}>
      {documents.length > 1 && <DocumentList documents={documents} current={document.id} onOpen={setOpenId} />}
      <div className="document">
        <DocumentFacts document={document} subject={subject} />
        <Preview key={document.id} document={document} view={view} onPage={onPage} />
      </div>
    </div>
  )
}
