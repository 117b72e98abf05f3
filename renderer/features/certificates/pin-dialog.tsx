import { App, Button, Modal } from 'antd'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { PinState, Token } from '#contract/keys.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ask } from '../../ui/ipc.ts'
import { Notice } from '../../ui/notice.tsx'
import { wipe } from '../../ui/pin-bytes.ts'
import { PinInput, type PinHandle } from '../../ui/pin-input.tsx'
import { useCertificateWords } from '../../ui/use-certificate-words.ts'
import { checkPins, type PinProblem } from './check-pins.ts'

interface Props {
  readonly kind: 'change' | 'unlock'
  readonly token: Token | undefined
  readonly onClose: () => void
}

type FormProps = Props & { readonly token: Token; readonly first: RefObject<PinHandle | null> }

const PinForm = ({ kind, token, first: old, onClose }: FormProps) => {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const words = useCertificateWords()
  const next = useRef<PinHandle>(null)
  const again = useRef<PinHandle>(null)
  const [problem, setProblem] = useState<PinProblem | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setIsBusy] = useState(false)
  const limits: PinState = token.pin
  const state = words.pin(token.pin)

  const submit = async () => {
    if (isBusy || !old.current || !next.current || !again.current) return
    const pins = { old: old.current.read(), next: next.current.read(), again: again.current.read() }
    const found = checkPins(pins, limits, kind)
    setProblem(found)
    setError(null)
    if (found) {
      wipe(pins.old, pins.next, pins.again)
      const fields = { old, next, again }
      fields[found.field].current?.focus()
      return
    }
    setIsBusy(true)
    try {
      if (kind === 'change') await ask('keys.changePin', { tokenId: token.id, oldPin: pins.old, newPin: pins.next })
      else await ask('keys.unlockPin', { tokenId: token.id, adminPin: pins.old, newPin: pins.next })
      void message.success(kind === 'change' ? t('certificates.pin.changed') : t('certificates.pin.unlocked'))
      onClose()
    } catch (failure) {
      setError(failure)
    } finally {
      wipe(pins.old, pins.next, pins.again)
      for (const field of [old, next, again]) field.current?.clear()
      setIsBusy(false)
    }
  }

  // The key refused: all fields are empty again.
  useEffect(() => {
    if (!isBusy && error !== null) old.current?.focus()
  }, [isBusy, error, old])

  const sentence = (field: PinProblem['field']) =>
    problem?.field === field
      ? t(`certificates.pin.${problem.kind}` as const, { min: limits.minLength, max: limits.maxLength })
      : undefined
  const fault = (field: PinProblem['field']) => {
    const error = sentence(field)
    return error === undefined ? {} : { error }
  }
  const enter = () => void submit()
  return (
    <div className="pin-form">
      <p>{kind === 'change' ? t('certificates.pin.changeHint') : t('certificates.pin.unlockHint')}</p>
      {error !== null && <ErrorNotice error={error} />}
      {kind === 'change' && token.pin.state !== 'ok' && <Notice tone="warning" title={state.text} />}
      <PinInput
        ref={old}
        id={`pin-${kind}-old`}
        label={kind === 'change' ? t('certificates.pin.current') : t('certificates.pin.admin')}
        isDisabled={isBusy}
        onEnter={enter}
        {...fault('old')}
      />
      <PinInput
        ref={next}
        id={`pin-${kind}-next`}
        label={t('certificates.pin.next')}
        hint={t('certificates.pin.rule', { min: limits.minLength, max: limits.maxLength })}
        isDisabled={isBusy}
        onEnter={enter}
        {...fault('next')}
      />
      <PinInput
        ref={again}
        id={`pin-${kind}-again`}
        label={t('certificates.pin.again')}
        isDisabled={isBusy}
        onEnter={enter}
        {...fault('again')}
      />
      <div className="pin-form-actions">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="primary" loading={isBusy} onClick={enter}>
          {kind === 'change' ? t('certificates.pin.change') : t('certificates.pin.unlock')}
        </Button>
      </div>
    </div>
  )
}

/** Changing the PIN with the old one, or unlocking it with the administrator's. */
export const PinDialog = ({ kind, token, onClose }: Props) => {
  const { t } = useTranslation()
  const first = useRef<PinHandle>(null)
  const label = token?.label ?? ''
  return (
    <Modal
      open={token !== undefined}
      onCancel={onClose}
      footer={null}
      destroyOnHidden
      afterOpenChange={(isOpen) => {
        if (isOpen) first.current?.focus()
      }}
      mask={{ closable: false }}
      width={440}
      title={
        kind === 'change'
          ? t('certificates.pin.changeTitle', { token: label })
          : t('certificates.pin.unlockTitle', { token: label })
      }
    >
      {token && <PinForm kind={kind} token={token} first={first} onClose={onClose} />}
    </Modal>
  )
}
