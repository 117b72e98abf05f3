import { Radio } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConsentView, Seal } from '#contract/client.ts'
import { BytesPicture } from '../../ui/bytes-picture.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatMillimetres } from '../../ui/format.ts'
import { ask } from '../../ui/ipc.ts'
import { Notice } from '../../ui/notice.tsx'
import { useConsent } from './consent.store.ts'
import { useLoaded } from './use-loaded.ts'

interface Props {
  readonly view: ConsentView
  readonly chosenId: string | null
  readonly isDisabled: boolean
  readonly onChanging: (isChanging: boolean) => void
}

const Thumbnail = ({ seal }: { readonly seal: Seal }) => {
  const picture = useLoaded(seal.id, () => ask('seals.picture', { id: seal.id }))
  return (
    <span className="seal-thumbnail">
      {picture.state === 'ready' && (
        <BytesPicture bytes={picture.value.bytes} mediaType={picture.value.mediaType} alt="" />
      )}
    </span>
  )
}

/**
 * The chosen seal, the others behind a line that counts them: the certificates below stay in sight.
 * A seal is chosen at main, which works out anew where it lands (R10): the answer is what is drawn and signed.
 */
export const SealChoice = ({ view, chosenId, isDisabled, onChanging }: Props) => {
  const { t } = useTranslation()
  const show = useConsent((session) => session.show)
  const [changingTo, setChangingTo] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)

  const choose = async (sealId: string) => {
    setChangingTo(sealId)
    onChanging(true)
    setError(null)
    try {
      show(await ask('consent.chooseSeal', { operationId: view.operationId, sealId }))
    } catch (failure) {
      setError(failure)
    } finally {
      setChangingTo(null)
      onChanging(false)
    }
  }

  // The control was disabled meanwhile, which takes the focus away.
  const fieldset = useRef<HTMLFieldSetElement>(null)
  const hasChanged = useRef(false)
  useEffect(() => {
    if (changingTo !== null) hasChanged.current = true
    else if (hasChanged.current) fieldset.current?.querySelector<HTMLInputElement>('input:checked')?.focus()
  }, [changingTo])

  const item = (seal: Seal) => (
    <Radio key={seal.id} value={seal.id} className="choice-item">
      <div className="choice-seal">
        <Thumbnail seal={seal} />
        <div className="choice-words">
          <div className="choice-name">{seal.name}</div>
          <div className="cell-note">
            {t('seals.size', {
              width: formatMillimetres(seal.widthMm),
              height: formatMillimetres(seal.heightMm),
            })}
          </div>
        </div>
      </div>
    </Radio>
  )
  const chosen = view.seals.filter((seal) => seal.id === chosenId)
  const others = view.seals.filter((seal) => seal.id !== chosenId)
  return (
    <fieldset className="choice" ref={fieldset}>
      <legend>{t('consent.seal.title')}</legend>
      {view.seals.length === 0 && (
        <Notice tone="warning" role="status" title={t('consent.seal.none')}>
          {t('consent.seal.noneHint')}
        </Notice>
      )}
      {error !== null && <ErrorNotice error={error} />}
      <Radio.Group
        value={changingTo ?? chosenId}
        disabled={isDisabled || changingTo !== null}
        aria-label={t('consent.seal.title')}
        onChange={(event) => void choose(String(event.target.value))}
      >
        {chosen.map(item)}
        {chosen.length === 0 && others.map(item)}
        {chosen.length > 0 && others.length > 0 && (
          <details className="choice-others">
            <summary>{t('consent.seal.others', { n: others.length })}</summary>
            <div>{others.map(item)}</div>
          </details>
        )}
      </Radio.Group>
    </fieldset>
  )
}
