/** Every rule a path can break: the closed list of codes, the clause it stands in, and a text for people. */
export const pathRules = {
  issuer_not_found: { clause: 'RFC 5280 §6.1', text: 'No certificate of its issuer leads to a trust anchor.' },
  signature_invalid: {
    clause: 'RFC 5280 §6.1.3 (a)(1)',
    text: 'Its signature does not verify with the key of the issuer.',
  },
  signature_unsupported: {
    clause: 'RFC 5280 §6.1.3 (a)(1)',
    text: 'The algorithm of its signature is not known here.',
  },
  algorithm_refused: { clause: 'algorithm policy', text: 'The algorithm of its signature is not allowed.' },
  key_too_short: { clause: 'algorithm policy', text: 'Its public key is too short.' },
  key_refused: { clause: 'algorithm policy', text: 'The kind of its public key is not allowed.' },
  not_yet_valid: { clause: 'RFC 5280 §6.1.3 (a)(2)', text: 'It is not valid yet at the time of the check.' },
  expired: { clause: 'RFC 5280 §6.1.3 (a)(2)', text: 'It has expired at the time of the check.' },
  revoked: { clause: 'RFC 5280 §6.1.3 (a)(3)', text: 'It has been revoked.' },
  revocation_unknown: { clause: 'RFC 5280 §6.1.3 (a)(3)', text: 'Whether it has been revoked could not be found out.' },
  name_chaining: {
    clause: 'RFC 5280 §6.1.3 (a)(4)',
    text: 'Its issuer is not the subject of the certificate above it.',
  },
  name_not_permitted: { clause: 'RFC 5280 §6.1.3 (b)', text: 'One of its names is outside the permitted subtrees.' },
  name_excluded: { clause: 'RFC 5280 §6.1.3 (c)', text: 'One of its names is inside an excluded subtree.' },
  name_form_constrained: {
    clause: 'RFC 5280 §4.2.1.10',
    text: 'A constraint concerns a form of name that cannot be checked.',
  },
  name_malformed: { clause: 'RFC 5280 §4.2.1.6', text: 'One of its names cannot be compared with the constraints.' },
  policy_required: {
    clause: 'RFC 5280 §6.1.3 (f), §6.1.5 (g)',
    text: 'No acceptable certificate policy holds along the path.',
  },
  policy_mapping_any: { clause: 'RFC 5280 §6.1.4 (a)', text: 'It maps from or to anyPolicy.' },
  not_a_ca: { clause: 'RFC 5280 §6.1.4 (k)', text: 'It is not the certificate of a CA.' },
  path_length: { clause: 'RFC 5280 §6.1.4 (l), §4.2.1.9', text: 'It is one CA more than a CA above it allows.' },
  key_usage: { clause: 'RFC 5280 §6.1.4 (n)', text: 'Its key may not sign certificates.' },
  critical_extension: {
    clause: 'RFC 5280 §6.1.4 (o), §6.1.5 (f)',
    text: 'It has a critical extension that is not known here.',
  },
  extensions_in_old_version: {
    clause: 'RFC 5280 §4.1.2.1, §4.1.2.9',
    text: 'It has extensions, which certificates of its version do not have.',
  },
  extension_malformed: { clause: 'RFC 5280 §4.2', text: 'One of its extensions cannot be read.' },
  key_usage_required: { clause: 'RFC 5280 §4.2.1.3', text: 'Its key may not be used for what is asked.' },
  extended_key_usage: { clause: 'RFC 5280 §4.2.1.12', text: 'Its key is not meant for the purpose that is asked.' },
  peer_name: { clause: 'RFC 9525 §6', text: 'It does not name the host that is asked for.' },
  certificate_profile: { clause: 'RFC 5280 §4', text: 'It breaks a rule that every conforming CA keeps.' },
  limit_exceeded: { clause: 'limits', text: 'The check was given up: too much work for one certificate.' },
} as const satisfies Record<string, { readonly clause: string; readonly text: string }>

export type PathRule = keyof typeof pathRules
