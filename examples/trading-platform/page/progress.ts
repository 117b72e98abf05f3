/** The steps of one piece of work, each with where it stands, in words. */
import { element } from './dom.ts'

const words = { waiting: '', now: '进行中…', done: '完成', failed: '未完成' } as const
export type StepState = keyof typeof words

export interface Progress {
  readonly list: HTMLElement
  /** Marks the step as running; those before it as done. */
  readonly at: (index: number, note?: string) => void
  readonly done: () => void
  readonly failed: () => void
}

export const progress = (labels: readonly string[]): Progress => {
  const notes = labels.map(() => element('small'))
  const items = labels.map((label, index) =>
    element('li', { 'data-state': 'waiting' }, element('span', {}, label), notes[index] ?? ''),
  )
  let current = -1
  const show = (index: number, state: StepState, note: string = words[state]): void => {
    items[index]?.setAttribute('data-state', state)
    notes[index]?.replaceChildren(note)
  }
  return {
    list: element('ol', { class: 'steps' }, ...items),
    at: (index, note) => {
      for (let before = 0; before < index; before += 1) show(before, 'done')
      current = index
      show(index, 'now', note)
    },
    done: () => items.forEach((_, index) => show(index, 'done')),
    failed: () => show(current, 'failed'),
  }
}
