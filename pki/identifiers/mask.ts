/** How personal data are shown where they need not be read: enough to recognise one's own. */
const hide = (text: string, first: number, last: number): string => {
  const characters = Array.from(text)
  if (characters.length <= first + last) return '*'.repeat(characters.length)
  const hidden = '*'.repeat(characters.length - first - last)
  return characters.slice(0, first).join('') + hidden + characters.slice(characters.length - last).join('')
}

/** 110***********002X. */
export const maskResidentId = (number: string): string => hide(number, 3, 4)
/** 138****1234. */
export const maskPhone = (number: string): string => hide(number, 3, 4)
/** 张*, 欧***: only the first character stays. */
export const maskName = (name: string): string => hide(name, 1, 0)
/** 6222***********1234. */
export const maskBankCard = (number: string): string => hide(number, 4, 4)
