import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import type { ReadCall } from './query.ts'
import { useFailure } from './use-failure.ts'

interface Step {
  readonly title: string
  /** What it means, in a sentence. */
  readonly content: string
  readonly okText: string
  readonly act: () => Promise<unknown>
  /** Said when it is done. */
  readonly done?: string
  /** Answers that are stale afterwards. */
  readonly stale: readonly ReadCall[]
  readonly isDangerous?: boolean
}

/** Asks before a step that takes something away; the way back has the focus. */
export const useConfirmed = () => {
  const { modal, message } = App.useApp()
  const queries = useQueryClient()
  const fail = useFailure()
  return ({ title, content, okText, act, done, stale, isDangerous = true }: Step): void => {
    modal.confirm({
      title,
      content,
      okText,
      okButtonProps: { danger: isDangerous },
      focusable: { autoFocusButton: 'cancel' },
      onOk: () =>
        act().then(() => {
          if (done !== undefined) void message.success(done)
          for (const call of stale) void queries.invalidateQueries({ queryKey: [call] })
        }, fail),
    })
  }
}
