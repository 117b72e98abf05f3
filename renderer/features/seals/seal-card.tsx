import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Seal } from '#contract/client.ts'
import { formatMillimetres, formatTime } from '../../ui/format.ts'
import { useAct, useAsk } from '../../ui/query.ts'
import { useConfirmed } from '../../ui/use-confirmed.ts'
import { BytesPicture } from '../../ui/bytes-picture.tsx'

/** Seals up to this size are drawn to one scale, so that they compare as they do on paper; larger ones are shrunk to fit. */
const commonMm = 46
const framePixels = 184

const SealPicture = ({ seal }: { readonly seal: Seal }) => {
  const { t } = useTranslation()
  const picture = useAsk('seals.picture', { id: seal.id })
  const scale = framePixels / Math.max(seal.widthMm, seal.heightMm, commonMm)
  if (picture.error) return <span className="cell-note">{t('seals.pictureFailed')}</span>
  if (!picture.data) return <span className="cell-note">{t('common.loading')}</span>
  return (
    <BytesPicture
      bytes={picture.data.bytes}
      mediaType={picture.data.mediaType}
      alt={t('seals.picture', { name: seal.name })}
      style={{ width: seal.widthMm * scale, height: seal.heightMm * scale }}
    />
  )
}

export const SealCard = ({ seal }: { readonly seal: Seal }) => {
  const { t } = useTranslation()
  const confirmed = useConfirmed()
  const remove = useAct('seals.remove')

  const confirm = () =>
    confirmed({
      title: t('seals.removeConfirm', { name: seal.name }),
      content: t('seals.removeHint'),
      okText: t('common.remove'),
      act: () => remove.mutateAsync({ id: seal.id }),
      done: t('seals.removed', { name: seal.name }),
      stale: ['seals.list'],
    })

  return (
    <li className="panel seal-card">
      <div className="seal-frame" title={t('seals.trueSize')}>
        <SealPicture seal={seal} />
      </div>
      <div className="seal-facts">
        <h2>{seal.name}</h2>
        <div>
          {t('seals.size', { width: formatMillimetres(seal.widthMm), height: formatMillimetres(seal.heightMm) })}
        </div>
        <div className="cell-note">{t('seals.created', { date: formatTime(seal.createdAt) })}</div>
      </div>
      <Button size="small" onClick={confirm} aria-label={`${t('common.remove')} ${seal.name}`}>
        {t('common.remove')}
      </Button>
    </li>
  )
}
