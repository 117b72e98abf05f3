import { anyPolicy } from '../x509/policy-extensions.ts'
import type { PolicyInformation, PolicyMapping, PolicyQualifier } from '../x509/policy-extensions.ts'

/**
 * The valid policies of a path as a graph with one node a policy and depth (RFC 9618 §5, which replaces the tree of
 * RFC 5280 §6.1 by an equivalent that cannot explode): nodes and edges stay below the size of the certificates.
 */
interface PolicyNode {
  readonly policy: string
  readonly qualifiers: readonly PolicyQualifier[]
  expected: readonly string[]
  readonly parents: readonly PolicyNode[]
  childCount: number
}

type Level = Map<string, PolicyNode>

const createNode = (
  policy: string,
  qualifiers: readonly PolicyQualifier[],
  parents: readonly PolicyNode[],
  expected: readonly string[] = [policy],
): PolicyNode => {
  for (const parent of parents) parent.childCount++
  return { policy, qualifiers, expected, parents, childCount: 0 }
}

export interface PolicyOutcome {
  /** Policies that hold in the domain of the trust anchor; anyPolicy among them: all others too. */
  readonly authorityConstrained: readonly string[]
  /** Those of them the caller asked for. */
  readonly userConstrained: readonly string[]
  /** What the certificates of the path state about these policies, from the anchor down. */
  readonly qualifiers: readonly { readonly policy: string; readonly qualifier: PolicyQualifier }[]
}

export interface PolicyGraph {
  /** The graph is NULL: no policy holds any more. */
  isEmpty(): boolean
  /** RFC 5280 §6.1.3 (d) and (e): the policies of the next certificate; null where it has no such extension. */
  descend(policies: readonly PolicyInformation[] | null, isAnyPolicyAllowed: boolean): void
  /** RFC 5280 §6.1.4 (b). */
  map(mappings: readonly PolicyMapping[], isMappingAllowed: boolean): void
  outcome(wanted: ReadonlySet<string>): PolicyOutcome
}

export const createPolicyGraph = (): PolicyGraph => {
  const levels: Level[] = [new Map([[anyPolicy, createNode(anyPolicy, [], [])]])]
  let anyQualifiers: readonly PolicyQualifier[] = []
  let isNull = false

  const remove = (level: Level, node: PolicyNode): void => {
    level.delete(node.policy)
    for (const parent of node.parents) parent.childCount--
  }

  /** Drops nodes above `depth` that lead nowhere, from below upwards; a level left empty makes the graph NULL. */
  const prune = (depth: number): void => {
    for (let index = depth - 1; index >= 0; index--) {
      const level = levels[index] ?? new Map<string, PolicyNode>()
      for (const node of [...level.values()]) if (node.childCount === 0) remove(level, node)
    }
    isNull = levels.some(({ size }) => size === 0)
  }

  const descend = (policies: readonly PolicyInformation[] | null, isAnyPolicyAllowed: boolean): void => {
    if (policies === null) isNull = true
    if (isNull || policies === null) return
    const above = levels.at(-1) ?? new Map<string, PolicyNode>()
    const expecting = new Map<string, PolicyNode[]>()
    for (const node of above.values()) {
      for (const policy of node.expected) {
        const nodes = expecting.get(policy)
        if (nodes === undefined) expecting.set(policy, [node])
        else nodes.push(node)
      }
    }
    const anyAbove = above.get(anyPolicy)
    const level: Level = new Map()
    for (const { policy, qualifiers } of policies) {
      if (policy === anyPolicy) continue
      const parents = expecting.get(policy) ?? (anyAbove === undefined ? [] : [anyAbove])
      if (parents.length > 0) level.set(policy, createNode(policy, qualifiers, parents))
    }
    const any = policies.find(({ policy }) => policy === anyPolicy)
    anyQualifiers = any?.qualifiers ?? []
    if (any !== undefined && isAnyPolicyAllowed) {
      for (const [policy, parents] of expecting) {
        if (!level.has(policy)) level.set(policy, createNode(policy, any.qualifiers, parents))
      }
    }
    levels.push(level)
    prune(levels.length - 1)
  }

  const map = (mappings: readonly PolicyMapping[], isMappingAllowed: boolean): void => {
    if (isNull) return
    const level = levels.at(-1) ?? new Map<string, PolicyNode>()
    const targets = new Map<string, Set<string>>()
    for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
      const found = targets.get(issuerDomainPolicy)
      if (found === undefined) targets.set(issuerDomainPolicy, new Set([subjectDomainPolicy]))
      else found.add(subjectDomainPolicy)
    }
    const any = level.get(anyPolicy)
    for (const [policy, subjects] of targets) {
      const node = level.get(policy)
      if (!isMappingAllowed) {
        if (node !== undefined) remove(level, node)
      } else if (node !== undefined) node.expected = [...subjects]
      else if (any !== undefined) level.set(policy, createNode(policy, anyQualifiers, any.parents, [...subjects]))
    }
    if (!isMappingAllowed) prune(levels.length - 1)
  }

  const outcome = (wanted: ReadonlySet<string>): PolicyOutcome => {
    if (isNull) return { authorityConstrained: [], userConstrained: [], qualifiers: [] }
    const authority = new Set<string>()
    for (const level of levels) {
      for (const { policy, parents } of level.values()) {
        if (policy !== anyPolicy && parents.some((parent) => parent.policy === anyPolicy)) authority.add(policy)
      }
    }
    // RFC 9618 §5.5: where anyPolicy holds for the target, every policy that is asked for does.
    const last = levels.at(-1) ?? new Map<string, PolicyNode>()
    if (last.has(anyPolicy)) authority.add(anyPolicy)
    // RFC 9618 §5.5: where anyPolicy holds, every policy that is asked for does.
    const isAnyWanted = wanted.has(anyPolicy)
    const user = isAnyWanted || !authority.has(anyPolicy) ? [...authority] : [...wanted]
    const userConstrained = isAnyWanted ? user : user.filter((policy) => wanted.has(policy))
    // §6.1.5 (g)(iii): only what hangs below one of these policies is left of the graph.
    const kept = new Set<PolicyNode>()
    const asked = new Set(userConstrained)
    for (const node of levels.flatMap((level) => [...level.values()])) {
      const isTop = node.parents.some((parent) => parent.policy === anyPolicy)
      if (
        isTop ? node.policy === anyPolicy || asked.has(node.policy) : node.parents.some((parent) => kept.has(parent))
      ) {
        kept.add(node)
      }
    }
    const qualifiers = [...kept].flatMap((node) =>
      node.qualifiers.map((qualifier) => ({ policy: node.policy, qualifier })),
    )
    return { authorityConstrained: [...authority], userConstrained, qualifiers }
  }

  return { isEmpty: () => isNull, descend, map, outcome }
}
