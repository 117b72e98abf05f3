import { useTranslation } from 'react-i18next'
import type { PlacedSeal, Seal } from '#contract/client.ts'
import { BytesPicture } from '../../ui/bytes-picture.tsx'
import { ask } from '../../ui/ipc.ts'
import { useLoaded } from './use-loaded.ts'

interface Props {
  readonly placement: PlacedSeal
  readonly seal: Seal | undefined
  readonly pageWidthMm: number
  readonly pageHeightMm: number
}

const percent = (part: number, whole: number) => `${(part / whole) * 100}%`

const SealPicture = ({ seal, slice }: { readonly seal: Seal; readonly slice: PlacedSeal['slice'] }) => {
  const { t } = useTranslation()
  const picture = useLoaded(seal.id, () => ask('seals.picture', { id: seal.id }))
  if (picture.state !== 'ready') return null
  const { left, right } = slice ?? { left: 0, right: 1 }
  const shown = right - left
  return (
    <BytesPicture
      bytes={picture.value.bytes}
      mediaType={picture.value.mediaType}
      alt={t('consent.documents.sealHere', { name: seal.name })}
      style={{ width: percent(1, shown), left: percent(-left, shown) }}
    />
  )
}

/** A seal, or its slice of a straddle seal, exactly where it will land. */
export const PlacedSealView = ({ placement, seal, pageWidthMm, pageHeightMm }: Props) => {
  const { t } = useTranslation()
  return (
    <div
      className="placed-seal"
      style={{
        left: percent(placement.x, pageWidthMm),
        top: percent(placement.y, pageHeightMm),
        width: percent(placement.width, pageWidthMm),
        height: percent(placement.height, pageHeightMm),
      }}
    >
      {seal ? (
        <SealPicture seal={seal} slice={placement.slice} />
      ) : (
        <span className="visually-hidden">{t('consent.documents.sealNone')}</span>
      )}
    </div>
  )
}
