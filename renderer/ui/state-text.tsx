import {
  CheckCircleFilled,
  CloseCircleFilled,
  ExclamationCircleFilled,
  InfoCircleFilled,
  MinusCircleFilled,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Tone } from './tone.ts'

const icons: Record<Tone, ReactNode> = {
  good: <CheckCircleFilled aria-hidden />,
  warning: <ExclamationCircleFilled aria-hidden />,
  danger: <CloseCircleFilled aria-hidden />,
  neutral: <MinusCircleFilled aria-hidden />,
  accent: <InfoCircleFilled aria-hidden />,
}

/** A state in words, with shape and colour saying the same. */
export const StateText = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <span className={`state state-${tone}`}>
    {icons[tone]}
    <span>{children}</span>
  </span>
)

/** The same in a small frame, for lists. */
export const StateTag = ({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) => (
  <span className={`state-tag state-tag-${tone}`}>{children}</span>
)
