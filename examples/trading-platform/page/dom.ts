/** A little help with elements: text is always text, never markup. */

type Attributes = Readonly<Record<string, string | boolean | (() => void)>>

export const element = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value)
    else if (typeof value === 'boolean') made.toggleAttribute(name, value)
    else made.setAttribute(name, value)
  }
  made.append(...children)
  return made
}

export const part = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no #${id}`)
  return found
}

const two = (value: number): string => String(value).padStart(2, '0')

/** 2026-11-23 17:05, in the reader's time zone. */
export const time = (iso: string): string => {
  const date = new Date(iso)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

const yuan = new Intl.NumberFormat('zh-CN', { style: 'currency', currency: 'CNY' })
export const money = (value: number): string => yuan.format(value)

/** A digest in groups of eight, as people read it aloud. */
export const grouped = (hex: string): string => hex.replace(/(.{8})(?=.)/g, '$1 ')
