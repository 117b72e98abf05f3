import { constants, privateDecrypt } from 'node:crypto'

/**
 * A PIV card (NIST SP 800-73-4) in software, as far as OpenSC's PKCS#11 module needs one to list a certificate, check a
 * PIN with three tries and sign with RSA in slot 9A.
 */
export interface PivCard {
  /** Answer to reset, ISO 7816-3. */
  readonly atr: Buffer
  /** One command APDU → one response with its status word (ISO 7816-4). */
  readonly respond: (command: Buffer) => Buffer
  readonly reset: () => void
  readonly triesLeft: () => number
  /** How often the card was asked to check a PIN. */
  readonly pinChecks: () => number
}

export interface PivCardOptions {
  readonly certificate: Uint8Array
  /** PKCS#8 PEM of an RSA-2048 key. */
  readonly privateKey: string
  readonly pin: string
  /** 16 bytes that tell cards apart (GUID of the CHUID). */
  readonly guid: Buffer
}

const MOST_TRIES = 3
const PIV_AID = Buffer.from('a000000308000010000100', 'hex')
const SW = {
  ok: 0x9000,
  verifyFailed: 0x63c0,
  blocked: 0x6983,
  securityStatus: 0x6982,
  notFound: 0x6a82,
  wrongParameters: 0x6a86,
  unknownInstruction: 0x6d00,
} as const
const TAG_CERTIFICATE_9A = '5fc105'
const TAG_CHUID = '5fc102'
const TAG_CAPABILITIES = '5fc107'
const TAG_DISCOVERY = '7e'

const status = (word: number): Buffer => Buffer.from([word >> 8, word & 0xff])

/** BER-TLV with a definite length (ISO 7816-4 §5.2.2). */
const tlv = (tag: string, ...parts: Uint8Array[]): Buffer => {
  const value = Buffer.concat(parts)
  const short = value.length < 0x80
  const length = short ? Buffer.from([value.length]) : Buffer.from([0x82, value.length >> 8, value.length & 0xff])
  return Buffer.concat([Buffer.from(tag, 'hex'), length, value])
}

interface Tlv {
  readonly tag: number
  readonly value: Buffer
}
const parseTlvs = (bytes: Buffer): Tlv[] => {
  const found: Tlv[] = []
  for (let offset = 0; offset + 1 < bytes.length;) {
    const tag = bytes.readUInt8(offset)
    const first = bytes.readUInt8(offset + 1)
    const count = first > 0x80 ? first & 0x7f : 0
    const length = count > 0 ? bytes.readUIntBE(offset + 2, count) : first
    const start = offset + 2 + count
    found.push({ tag, value: bytes.subarray(start, start + length) })
    offset = start + length
  }
  return found
}

/** SP 800-73-4 part 1 §3 and table 2: the objects that exist on this card. */
const objectsOf = ({ certificate, guid }: PivCardOptions): ReadonlyMap<string, Buffer> => {
  const fascN = Buffer.from('d4e739da739ced39ce739d836858210842108421c84210c3eb', 'hex')
  const expiry = Buffer.from('20991231', 'latin1')
  const empty = new Uint8Array()
  const chuid = [tlv('30', fascN), tlv('34', guid), tlv('35', expiry), tlv('3e', empty), tlv('fe', empty)]
  const nothing = ['f5', 'f6', 'f7', 'fa', 'fb', 'fc', 'fd', 'fe'].map((tag) => tlv(tag, empty))
  const capabilities = [tlv('f0', Buffer.alloc(21, 1)), tlv('f1', Buffer.of(0x21)), tlv('f2', Buffer.of(0x21))]
  const numbers = [tlv('f3', empty), tlv('f4', Buffer.of(0))]
  return new Map([
    [TAG_CHUID, tlv('53', ...chuid)],
    [TAG_CAPABILITIES, tlv('53', ...capabilities, ...numbers, ...nothing)],
    [TAG_CERTIFICATE_9A, tlv('53', tlv('70', certificate), tlv('71', Buffer.of(0)), tlv('fe', empty))],
    // PIN usage policy: the application PIN alone.
    [TAG_DISCOVERY, tlv('7e', tlv('4f', PIV_AID), tlv('5f2f', Buffer.of(0x40, 0x00)))],
  ])
}

export const createPivCard = (options: PivCardOptions): PivCard => {
  const objects = objectsOf(options)
  const pin = Buffer.alloc(8, 0xff)
  pin.write(options.pin, 'latin1')
  let triesLeft = MOST_TRIES
  let pinChecks = 0
  let isVerified = false
  let isSelected = false
  let chained: Buffer = Buffer.alloc(0)
  let pending: Buffer = Buffer.alloc(0)

  /** Responses longer than 256 bytes are fetched with GET RESPONSE (ISO 7816-4 §5.1.3). */
  const send = (data: Buffer, most = 256): Buffer => {
    const part = data.subarray(0, most)
    pending = data.subarray(most)
    if (pending.length === 0) return Buffer.concat([part, status(SW.ok)])
    // 00 says "256 or more".
    return Buffer.concat([part, Buffer.of(0x61, pending.length > 0xff ? 0 : pending.length)])
  }

  const select = (aid: Buffer): Buffer => {
    isSelected = aid.length >= 9 && PIV_AID.subarray(0, aid.length).equals(aid)
    if (!isSelected) return status(SW.notFound)
    const authority = tlv('79', tlv('4f', Buffer.from('a000000308', 'hex')))
    return send(tlv('61', tlv('4f', PIV_AID.subarray(5)), authority))
  }

  const verify = (data: Buffer): Buffer => {
    if (data.length === 0) return isVerified ? status(SW.ok) : status(SW.verifyFailed | triesLeft)
    if (triesLeft === 0) return status(SW.blocked)
    pinChecks += 1
    isVerified = data.equals(pin)
    triesLeft = isVerified ? MOST_TRIES : triesLeft - 1
    if (isVerified) return status(SW.ok)
    return status(triesLeft === 0 ? SW.blocked : SW.verifyFailed | triesLeft)
  }

  const getData = (data: Buffer): Buffer => {
    const tag = parseTlvs(data)[0]?.value.toString('hex') ?? ''
    const object = objects.get(tag)
    return object ? send(object) : status(SW.notFound)
  }

  /** GENERAL AUTHENTICATE with a challenge in slot 9A: the raw RSA operation on what the host has padded. */
  const authenticate = (algorithm: number, key: number, data: Buffer): Buffer => {
    if (algorithm !== 0x07 || key !== 0x9a) return status(SW.wrongParameters)
    if (!isVerified) return status(SW.securityStatus)
    const template = parseTlvs(data)[0]?.value ?? Buffer.alloc(0)
    const challenge = parseTlvs(template).find(({ tag }) => tag === 0x81)?.value
    if (challenge?.length !== 256) return status(SW.wrongParameters)
    const signature = privateDecrypt({ key: options.privateKey, padding: constants.RSA_NO_PADDING }, challenge)
    return send(tlv('7c', tlv('82', signature)))
  }

  const run = (command: Buffer, data: Buffer): Buffer => {
    const [, instruction = 0, p1 = 0, p2 = 0] = command
    if (instruction === 0xa4) return select(data)
    if (instruction === 0xc0) return send(pending, command[4] === 0 ? 256 : command[4])
    if (!isSelected) return status(SW.unknownInstruction)
    if (instruction === 0x20) return p2 === 0x80 ? verify(data) : status(SW.notFound)
    if (instruction === 0xcb) return getData(data)
    if (instruction === 0x87) return authenticate(p1, p2, data)
    return status(SW.unknownInstruction)
  }

  return {
    // T=1, historical bytes of a generic PIV card.
    atr: Buffer.from('3b9813400aa503010101ad1311', 'hex'),
    respond: (command) => {
      const length = command.length > 5 ? command.readUInt8(4) : 0
      const data = command.subarray(5, 5 + length)
      // Command chaining (ISO 7816-4 §5.1.1): bit 5 of CLA says that more follows.
      if (((command[0] ?? 0) & 0x10) !== 0) {
        chained = Buffer.concat([chained, data])
        return status(SW.ok)
      }
      const whole = Buffer.concat([chained, data])
      chained = Buffer.alloc(0)
      return run(command, whole)
    },
    reset: () => {
      isVerified = false
      isSelected = false
      chained = Buffer.alloc(0)
      pending = Buffer.alloc(0)
    },
    triesLeft: () => triesLeft,
    pinChecks: () => pinChecks,
  }
}
