/** Recipients of one message. A message for 1,000 RSA-4096 keys begins with about 700 KB. */
export const MAX_RECIPIENTS = 1000
/** Bytes of one RecipientInfo: a key agreement may hold many recipients. */
export const MAX_RECIPIENT_INFO = 1024 * 1024
/** Bytes of a part that is BER and not DER: to turn one into the other takes many times as much memory. */
export const MAX_BER = 16 * 1024
/** Bytes of anything small: an algorithm with its parameters, a version, a tag. */
export const MAX_SMALL = 16 * 1024
/** Bytes of all of them together. */
export const MAX_RECIPIENT_INFOS = 8 * 1024 * 1024
