import type { PinState } from '#contract/keys.ts'
import { isWeakPin, sameBytes } from '../../ui/pin-bytes.ts'

export interface PinProblem {
  readonly field: 'old' | 'next' | 'again'
  readonly kind: 'required' | 'tooShort' | 'tooLong' | 'weak' | 'same' | 'differs'
}

/** What can be known before a try is spent at the token. */
export const checkPins = (
  pins: { readonly old: Uint8Array; readonly next: Uint8Array; readonly again: Uint8Array },
  limits: Pick<PinState, 'minLength' | 'maxLength'>,
  kind: 'change' | 'unlock',
): PinProblem | null => {
  if (pins.old.length === 0) return { field: 'old', kind: 'required' }
  if (pins.next.length === 0) return { field: 'next', kind: 'required' }
  if (pins.next.length < limits.minLength) return { field: 'next', kind: 'tooShort' }
  if (pins.next.length > limits.maxLength) return { field: 'next', kind: 'tooLong' }
  if (isWeakPin(pins.next)) return { field: 'next', kind: 'weak' }
  if (kind === 'change' && sameBytes(pins.old, pins.next)) return { field: 'next', kind: 'same' }
  if (!sameBytes(pins.next, pins.again)) return { field: 'again', kind: 'differs' }
  return null
}
