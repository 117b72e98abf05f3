/** One box for what happened and what to do next. */
import { element } from './dom.ts'

export interface Advice {
  readonly title: string
  /** What to do, one step a line. */
  readonly steps: readonly string[]
  /** For support: the code of the error. */
  readonly code: string
  /** Nothing went wrong: the person changed their mind. */
  readonly isCalm?: boolean
}

export const notice = ({ title, steps, code, isCalm }: Advice): HTMLElement =>
  element(
    'section',
    { class: isCalm ? 'notice' : 'notice bad', role: 'alert', 'data-code': code },
    element('h2', {}, title),
    ...(steps.length > 1
      ? [element('ol', {}, ...steps.map((step) => element('li', {}, step)))]
      : steps.map((step) => element('p', {}, step))),
    element('p', { class: 'quiet' }, `错误代码：${code}`),
  )
