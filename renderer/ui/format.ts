import dayjs from 'dayjs'

/** 2026-11-23 17:05, in the computer's own time zone. */
export const formatTime = (iso: string): string => dayjs(iso).format('YYYY-MM-DD HH:mm')
export const formatTimeWithSeconds = (iso: string): string => dayjs(iso).format('YYYY-MM-DD HH:mm:ss')
export const formatDate = (iso: string): string => dayjs(iso).format('YYYY-MM-DD')

/** Groups of four from the left, upper case: `5f0a 91…` reads as `5F0A 91…`. */
export const groupHex = (hex: string): string =>
  hex
    .toUpperCase()
    .replace(/(.{4})/g, '$1 ')
    .trim()

/** Sizes as file managers show them: 1,024 bytes to the KB. */
export const formatSize = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit] ?? 'KB'}`
}

/** USB vendor and product as printed on stickers and in device managers: `096E:0703`. */
export const formatUsbId = (vendorId: number, productId: number): string =>
  [vendorId, productId].map((part) => part.toString(16).toUpperCase().padStart(4, '0')).join(':')

/** Minutes and seconds, `4:05`. */
export const formatCountdown = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

export const formatMillimetres = (value: number): string => String(Math.round(value * 10) / 10)
