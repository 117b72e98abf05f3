import { nullValue, octetString, oid, sequence } from '../asn1/writer.ts'
import { digest } from './digest.ts'
import type { HashName } from './digest.ts'
import { oids } from './oids.ts'

/** DigestInfo of data (RFC 8017 §9.2): what RSASSA-PKCS1-v1_5 pads and signs. */
export const digestInfo = (hash: HashName, data: Uint8Array): Uint8Array =>
  sequence(sequence(oid(oids[hash]), nullValue()), octetString(digest(hash, data)))
