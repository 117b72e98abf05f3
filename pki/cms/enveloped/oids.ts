/** Content types of encrypted messages: RFC 5652 §6.1, RFC 5083 §2.1. Those of GB/T 35275 stand in `algorithms/oids.ts`. */
export const envelopedOids = {
  envelopedData: '1.2.840.113549.1.7.3',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
} as const
