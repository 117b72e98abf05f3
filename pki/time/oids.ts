/** RFC 3161. */
export const timeOids = {
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const

/** Media types of requests and responses over HTTP (RFC 3161 §3.4). */
export const timestampQueryType = 'application/timestamp-query'
export const timestampReplyType = 'application/timestamp-reply'
