import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from 'antd'
import type { ConsentView } from '#contract/client.ts'
import { BytesPicture } from '../../ui/bytes-picture.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/states.tsx'
import { fitPageTo, pictureWidth, type Fit, type Size } from './fit-page.ts'
import { pagePicture } from './page-pictures.ts'
import { PlacedSealView } from './placed-seal.tsx'
import { useLoaded } from './use-loaded.ts'

type DocumentSubject = Extract<ConsentView['subject'], { kind: 'document_sign' }>
export type ConsentDocument = DocumentSubject['documents'][number]

interface Props {
  readonly document: ConsentDocument
  readonly page: number
  readonly fit: Fit
  readonly seal: ConsentView['seals'][number] | undefined
  /** Counts the wishes to see the seal on this page; 0 shows the page from its top. */
  readonly toSeal: number
  readonly onPage: (page: string, isShown: boolean) => void
}

const a4: Size = { width: 210, height: 297 }

const useRoom = () => {
  const frame = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState<Size | null>(null)
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { frame, room }
}

type RenderedProps = Props & { readonly room: Size; readonly frame: RefObject<HTMLDivElement | null> }

const RenderedPage = ({ document, page, fit, seal, toSeal, room, frame, onPage }: RenderedProps) => {
  const { t } = useTranslation()
  const [attempt, setAttempt] = useState(0)
  const known = document.pages.find((size) => size.page === page) ?? document.pages[0] ?? a4
  const guess = fitPageTo(known, room, fit)
  const width = pictureWidth(guess.width, window.devicePixelRatio)
  const key = `${document.id} ${page} ${width} ${attempt}`
  const picture = useLoaded(key, () => pagePicture({ documentId: document.id, page, width }))

  useEffect(() => {
    if (picture.state !== 'loading') onPage(`${document.id} ${page}`, picture.state === 'ready')
  }, [picture.state, document.id, page, onPage])

  const real = picture.state === 'ready' ? { width: picture.value.widthMm, height: picture.value.heightMm } : known
  const shown = fitPageTo(real, room, fit)
  const placements = document.placements.filter((placement) => placement.page === page)
  // The seal itself rather than its slice at the edge.
  const wanted = toSeal === 0 ? undefined : (placements.find(({ slice }) => slice === null) ?? placements[0])
  const middle = wanted && (wanted.y + wanted.height / 2) / real.height
  useLayoutEffect(() => {
    const desk = frame.current
    if (!desk) return
    const sheet = desk.querySelector<HTMLElement>('.sheet')
    desk.scrollTo(0, middle === undefined || !sheet ? 0 : sheet.offsetHeight * middle - desk.clientHeight / 2)
  }, [frame, page, fit, toSeal, middle])

  if (picture.state === 'failed')
    return (
      <Notice
        tone="danger"
        role="alert"
        title={t('consent.documents.renderFailed')}
        action={<Button onClick={() => setAttempt(attempt + 1)}>{t('common.retry')}</Button>}
      >
        {t('consent.documents.renderFailedHint')}
      </Notice>
    )
  return (
    <div className="sheet" style={{ width: shown.width, height: shown.height }} aria-busy={picture.state === 'loading'}>
      {picture.state === 'ready' ? (
        <>
          <BytesPicture
            className="sheet-picture"
            bytes={picture.value.png}
            mediaType="image/png"
            alt={t('consent.documents.pageAlt', { name: document.name, page })}
          />
          {placements.map((placement, index) => (
            <PlacedSealView
              key={index}
              placement={placement}
              seal={seal}
              pageWidthMm={real.width}
              pageHeightMm={real.height}
            />
          ))}
        </>
      ) : (
        <Loading text={t('consent.documents.rendering', { page })} />
      )}
    </div>
  )
}

/** One page as a picture, with what will be put on it. */
export const PageView = (props: Props) => {
  const { t } = useTranslation()
  const { frame, room } = useRoom()
  return (
    <div
      className={`desk desk-${props.fit}`}
      ref={frame}
      // Scrolled by keyboard when the page is larger than the frame.
      tabIndex={0}
      role="group"
      aria-label={t('consent.documents.page', { page: props.page, total: props.document.pageCount })}
    >
      {room && <RenderedPage {...props} room={room} frame={frame} />}
    </div>
  )
}
