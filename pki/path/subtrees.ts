import type { Certificate } from '../x509/certificate.ts'
import { factsOf } from '../x509/certificate-facts.ts'
import { generalNameText } from '../x509/general-name.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { isEmptyName, isWithinName } from '../x509/name-comparison.ts'
import { isLocalPart } from '../x509/name-constraints.ts'
import type { NameConstraints } from '../x509/name-constraints.ts'
import type { Budget } from './budget.ts'
import type { PathRule } from './rules.ts'

/** A name against the base of a subtree: inside, outside, or the name is no name of its form. */
type Match = 'inside' | 'outside' | 'malformed'

const of = (isInside: boolean): Match => (isInside ? 'inside' : 'outside')

const hostName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/

/** RFC 5280 §4.2.1.10: labels may be added on the left of the base. */
const isHostBelow = (host: string, base: string): boolean => base === '' || host === base || host.endsWith(`.${base}`)

/** `isExclusion`: a wildcard is inside also where one of the names it stands for is. */
const matchDns = (name: string, base: string, isExclusion: boolean): Match => {
  const host = name.toLowerCase()
  if (!hostName.test(host)) return 'malformed'
  const subtree = base.toLowerCase()
  if (isHostBelow(host, subtree)) return 'inside'
  const [, parent] = /^\*\.(.*)$/.exec(host) ?? []
  return of(isExclusion && parent !== undefined && subtree.slice(subtree.indexOf('.') + 1) === parent)
}

/** The host itself, or with a leading dot the hosts below it. */
const matchHost = (host: string, base: string): Match =>
  of(base === '' || (base.startsWith('.') ? host.endsWith(base) && host.length > base.length : host === base))

const matchEmail = (name: string, base: string): Match => {
  const at = name.lastIndexOf('@')
  const host = name.slice(at + 1).toLowerCase()
  if (at < 1 || !isLocalPart(name.slice(0, at)) || !hostName.test(host) || host.startsWith('*')) return 'malformed'
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0) return matchHost(host, base.toLowerCase())
  // RFC 5280 §7.5: the local part with its case, the host without.
  return of(name.slice(0, at) === base.slice(0, baseAt) && host === base.slice(baseAt + 1).toLowerCase())
}

/** RFC 3986 §3.2. RFC 5280 §4.2.1.10: a URI without a host name cannot be inside or outside. */
const matchUri = (name: string, base: string): Match => {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(name) ?? []
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase()
  if (host === undefined || !hostName.test(host) || host.startsWith('*') || /^[\d.]+$/.test(host)) return 'malformed'
  return matchHost(host, base.toLowerCase())
}

const matchIp = (name: Uint8Array, base: Uint8Array): Match => {
  if (name.length !== 4 && name.length !== 16) return 'malformed'
  const { length } = name
  if (base.length !== 2 * length) return 'outside'
  return of(name.every((byte, index) => ((byte ^ (base[index] ?? 0)) & (base[length + index] ?? 0)) === 0))
}

/** No host, mailbox or URI that anybody uses is longer. */
const MAX_NAME = 2048

const match = (name: GeneralName, base: GeneralName, isExclusion: boolean): Match => {
  if (name.form === 'directory' && base.form === 'directory') return of(isWithinName(name.name, base.name))
  if (name.form === 'ip' && base.form === 'ip') return matchIp(name.bytes, base.bytes)
  if (!('text' in name) || !('text' in base) || name.text.length > MAX_NAME) return 'malformed'
  if (name.form === 'dns') return matchDns(name.text, base.text, isExclusion)
  return name.form === 'email' ? matchEmail(name.text, base.text) : matchUri(name.text, base.text)
}

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

/**
 * Names that constraints are held against (RFC 5280 §6.1.3 (b)): the subject unless it is empty, the alternative names,
 * and the e-mail addresses in the subject, which §4.2.1.10 asks for where there are no alternative names. They are
 * looked at in any case: a constraint must not be passed by writing the address elsewhere.
 */
const constrainedNames = (certificate: Certificate): GeneralName[] => [
  ...(isEmptyName(certificate.subject) ? [] : [{ form: 'directory' as const, name: certificate.subject }]),
  ...certificate.subject.attributes
    .filter(({ oid }) => oid === EMAIL_ADDRESS)
    .map(({ value }) => ({ form: 'email' as const, text: value })),
  ...(factsOf(certificate).alternativeNames ?? []),
]

export interface NameFinding {
  readonly rule: PathRule
  readonly name: string
}

/** permitted_subtrees and excluded_subtrees of RFC 5280 §6.1.2 (b) and (c). */
export interface Subtrees {
  add(constraints: NameConstraints): void
  /** What is wrong with the names of a certificate. */
  check(certificate: Certificate, budget: Budget): NameFinding[]
}

/** A report names the first few of a certificate's names that are refused. */
const MAX_FINDINGS = 8

const uncheckedForms: ReadonlySet<GeneralName['form']> = new Set(['other', 'x400', 'ediParty', 'registeredId'])

type Layer = ReadonlyMap<GeneralName['form'], { permitted: GeneralName[]; excluded: GeneralName[] }>

const layerOf = ({ permitted, excluded }: NameConstraints): Layer => {
  const layer = new Map<GeneralName['form'], { permitted: GeneralName[]; excluded: GeneralName[] }>()
  const basesOf = (form: GeneralName['form']) => {
    const bases = layer.get(form) ?? { permitted: [], excluded: [] }
    layer.set(form, bases)
    return bases
  }
  for (const base of permitted) basesOf(base.form).permitted.push(base)
  for (const base of excluded) basesOf(base.form).excluded.push(base)
  return layer
}

const matchAny = (name: GeneralName, bases: readonly GeneralName[], isExclusion: boolean): Match => {
  for (const base of bases) {
    const found = match(name, base, isExclusion)
    if (found !== 'outside') return found
  }
  return 'outside'
}

const checkLayer = (name: GeneralName, layer: Layer, budget: Budget): PathRule | null => {
  const bases = layer.get(name.form)
  budget.spend('work', 1)
  if (bases === undefined) return null
  if (uncheckedForms.has(name.form)) return 'name_form_constrained'
  budget.spend('work', bases.permitted.length + bases.excluded.length)
  const excluded = matchAny(name, bases.excluded, true)
  if (excluded !== 'outside') return excluded === 'inside' ? 'name_excluded' : 'name_malformed'
  if (bases.permitted.length === 0) return null
  const permitted = matchAny(name, bases.permitted, false)
  if (permitted === 'inside') return null
  return permitted === 'outside' ? 'name_not_permitted' : 'name_malformed'
}

export const createSubtrees = (): Subtrees => {
  // Each CA's permitted subtrees are a layer of their own: a name lies in the intersection if it is in every layer.
  const layers: Layer[] = []
  return {
    add: (constraints) => {
      layers.push(layerOf(constraints))
    },
    check: (certificate, budget) => {
      if (layers.length === 0) return []
      const findings: NameFinding[] = []
      for (const name of constrainedNames(certificate)) {
        for (const layer of layers) {
          const rule = checkLayer(name, layer, budget)
          if (rule === null) continue
          findings.push({ rule, name: generalNameText(name) })
          break
        }
        if (findings.length >= MAX_FINDINGS) break
      }
      return findings
    },
  }
}
