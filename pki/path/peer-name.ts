import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'

const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/

const ipv6Groups = (text: string): number[] | null => {
  const groups =
    text === '' ? [] : text.split(':').map((group) => (/^[\da-f]{1,4}$/i.test(group) ? parseInt(group, 16) : -1))
  return groups.includes(-1) ? null : groups
}

/** Octets of an IP address in text, or null. IPv6 without zones and embedded IPv4. */
const parseIp = (text: string): Uint8Array | null => {
  if (ipv4.test(text)) {
    const bytes = text.split('.').map(Number)
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : null
  }
  if (!text.includes(':')) return null
  const [head = '', tail, ...rest] = text.split('::')
  const [before, after] = [ipv6Groups(head), ipv6Groups(tail ?? '')]
  if (before === null || after === null || rest.length > 0) return null
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

/** RFC 9525 §6.3: without case; a wildcard is the whole left-most label and stands for one. */
const matchesHost = (pattern: string, host: string): boolean => {
  const [presented, wanted] = [pattern.toLowerCase(), host.toLowerCase()]
  if (presented === wanted) return !presented.startsWith('*')
  if (!presented.startsWith('*.')) return false
  const [, parent = ''] = /^[^.]+\.(.+)$/.exec(wanted) ?? []
  return parent.includes('.') && parent === presented.slice(2) && !parent.includes('*')
}

/** Whether the alternative names hold a DNS name, IP address or mail address. The subject's common name never counts. */
export const namesPeer = (certificate: Certificate, wanted: string): boolean => {
  const names = factsOf(certificate).alternativeNames ?? []
  const ip = parseIp(wanted)
  if (ip !== null) {
    return names.some(({ form, ...name }) => form === 'ip' && 'bytes' in name && ip.join() === name.bytes.join())
  }
  const [, local, host] = /^(.+)@([^@]+)$/.exec(wanted) ?? []
  return names.some((name) => {
    if (name.form === 'email' && local !== undefined && host !== undefined) {
      const at = name.text.lastIndexOf('@')
      const isSame = name.text.slice(0, at) === local && name.text.slice(at + 1).toLowerCase() === host.toLowerCase()
      return at > 0 && isSame
    }
    return name.form === 'dns' && local === undefined && matchesHost(name.text, wanted)
  })
}
