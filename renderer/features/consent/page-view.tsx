import { useEffect, useLayoutEffect, useRef, useState } from 'react'
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
  readonly onSettled: () => void
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

const RenderedPage = ({ document, page, fit, seal, room, onSettled }: Props & { readonly room: Size }) => {
  const { t } = useTranslation()
  const [attempt, setAttempt] = useState(0)
  const known = document.pages.find((size) => size.page === page) ?? document.pages[0] ?? a4
  const guess = fitPageTo(known, room, fit)
  const width = pictureWidth(guess.width, window.devicePixelRatio)
  const key = `${document.id} ${page} ${width} ${attempt}`
  const picture = useLoaded(key, () => pagePicture({ documentId: document.id, page, width }))

  useEffect(() => {
    if (picture.state !== 'loading') onSettled()
  }, [picture.state, onSettled])

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
  const real = picture.state === 'ready' ? { width: picture.value.widthMm, height: picture.value.heightMm } : known
  const shown = fitPageTo(real, room, fit)
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
          {document.placements
            .filter((placement) => placement.page === page)
            .map((placement, index) => (
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
      {room && <RenderedPage {...props} room={room} />}
    </div>
  )
}
