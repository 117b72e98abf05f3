import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { useImperativeHandle, useRef, useState, type ReactNode, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import './pin-input.css'

export interface PinHandle {
  /** The bytes typed so far; the caller overwrites them after use. */
  readonly read: () => Uint8Array
  readonly clear: () => void
  readonly focus: () => void
}

interface Props {
  readonly ref: Ref<PinHandle>
  readonly id: string
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: ReactNode
  readonly isDisabled?: boolean
  /** Length in bytes of UTF-8, the one thing about a PIN that becomes state. */
  readonly onLength?: (length: number) => void
  readonly onEnter?: () => void
}

/**
 * A PIN lives in the input element alone: the element is not controlled by React, so that no state, no store and no
 * development tool ever holds it.
 */
export const PinInput = ({ ref, id, label, hint, error, isDisabled = false, onLength, onEnter }: Props) => {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [isShown, setIsShown] = useState(false)

  useImperativeHandle(ref, () => ({
    read: () => new TextEncoder().encode(input.current?.value ?? ''),
    clear: () => {
      if (input.current) input.current.value = ''
      setIsShown(false)
      onLength?.(0)
    },
    focus: () => input.current?.focus(),
  }))

  return (
    <div className="pin">
      <label htmlFor={id}>{label}</label>
      <div className={error === undefined ? 'pin-frame' : 'pin-frame pin-frame-error'}>
        <input
          id={id}
          ref={input}
          type={isShown ? 'text' : 'password'}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          maxLength={64}
          disabled={isDisabled}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-hint`}
          onChange={(event) => onLength?.(new TextEncoder().encode(event.currentTarget.value).length)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
            event.preventDefault()
            onEnter?.()
          }}
        />
        <button
          type="button"
          aria-label={t('consent.pin.show')}
          aria-pressed={isShown}
          disabled={isDisabled}
          onClick={() => setIsShown(!isShown)}
        >
          {isShown ? <EyeOutlined aria-hidden /> : <EyeInvisibleOutlined aria-hidden />}
        </button>
      </div>
      <div id={`${id}-hint`} className="pin-hint">
        {error === undefined ? (
          hint
        ) : (
          <span className="pin-error" role="alert">
            {error}
          </span>
        )}
      </div>
    </div>
  )
}
