/** Why a signer's signature does not hold: the closed list, the clause it stands in and a text for people. */
export const signerProblems = {
  certificate_missing: { clause: 'RFC 5652 §5.3', text: 'The certificate of the signer is not at hand.' },
  algorithm_unsupported: { clause: 'algorithm policy', text: 'Its algorithms are unknown, too weak or do not match.' },
  content_missing: { clause: 'RFC 5652 §5.4', text: 'The content that was signed is not at hand.' },
  content_differs: { clause: 'RFC 5652 §5.2', text: 'The message carries other content than was given.' },
  attributes_as_content: {
    clause: 'RFC 5652 §5.3',
    text: 'What is shown as content may be the signed attributes of another message.',
  },
  content_type_mismatch: { clause: 'RFC 5652 §5.3, §11.1', text: 'The signed type is not that of the content.' },
  digest_mismatch: { clause: 'RFC 5652 §5.6, §11.2', text: 'The content was changed after it was signed.' },
  signature_mismatch: { clause: 'RFC 5652 §5.6', text: 'The signature was not made by the key of the certificate.' },
  signing_certificate_mismatch: { clause: 'RFC 5035 §5.4', text: 'The signer named another certificate.' },
  key_too_short: { clause: 'NIST SP 800-131A', text: 'The key of the signer is too short.' },
  key_usage: { clause: 'RFC 5280 §4.2.1.3', text: 'The certificate is not for signatures.' },
  chain_invalid: { clause: 'RFC 5280 §6', text: 'The certificate of the signer is not trusted.' },
  limit_exceeded: {
    clause: 'limits',
    text: 'Nested too deep, one too many, or after keys that take too long: not looked at.',
  },
} as const satisfies Record<string, { readonly clause: string; readonly text: string }>
export type SignerProblem = keyof typeof signerProblems

/** Those of the trust decision: they say nothing about whether the holder of the certificate's key signed. */
export const trustProblems: ReadonlySet<SignerProblem> = new Set<SignerProblem>(['key_usage', 'chain_invalid'])

/** Departures from the standards that real messages have. None leaves anything unsigned. */
export const signerNotes = {
  content_type_spelling: { clause: 'GB/T 35275', text: 'Names of RFC 5652 and GB/T 35275 for data are mixed.' },
  content_is_digest: { clause: 'GB/T 35275', text: 'What was signed is the digest of the content.' },
  raw_signature: { clause: 'GB/T 35276 §7.3', text: 'The signature is r ‖ s without DER.' },
  signing_time_unreadable: { clause: 'RFC 5652 §11.3', text: 'The time stated by the signer cannot be read.' },
} as const satisfies Record<string, { readonly clause: string; readonly text: string }>
export type SignerNote = keyof typeof signerNotes
