import { webcrypto } from 'node:crypto'
import * as asn1js from 'asn1js'
import {
  Attribute,
  Certificate,
  ContentInfo,
  CryptoEngine,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  setEngine,
} from 'pkijs'

const DATA = '1.2.840.113549.1.7.1'
const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const SIGNING_TIME = '1.2.840.113549.1.9.5'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'

const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'

const sequence = (...value: asn1js.AsnType[]) => new asn1js.Sequence({ value })

/** ESSCertIDv2 with IssuerSerial (RFC 5035), as in our messages. */
const signingCertificate = async (certificate: Certificate, der: Uint8Array<ArrayBuffer>) => {
  const hash = new asn1js.OctetString({ valueHex: await webcrypto.subtle.digest('SHA-256', der) })
  const issuer = new asn1js.Constructed({
    idBlock: { tagClass: 3, tagNumber: 4 },
    value: [certificate.issuer.toSchema()],
  })
  return sequence(sequence(sequence(hash, sequence(sequence(issuer), certificate.serialNumber))))
}

const attribute = (type: string, value: unknown): Attribute => new Attribute({ type, values: [value] })

/** The same message as ours, by pkijs on Node's WebCrypto. */
export const createPkijsPeer = async (
  root: Uint8Array,
  chain: readonly Uint8Array<ArrayBuffer>[],
  pkcs8: Uint8Array<ArrayBuffer>,
) => {
  const engine = new CryptoEngine({ name: 'node', crypto: webcrypto as never })
  setEngine('node', engine)
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  const certificates = chain.map((der) => Certificate.fromBER(der))
  const [signer] = certificates
  const [signerDer] = chain
  if (signer === undefined || signerDer === undefined) throw new RangeError('no certificate')
  const anchors = [Certificate.fromBER(root)]
  return {
    create: async (content: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => {
      const digest = await webcrypto.subtle.digest('SHA-256', content)
      const attributes = [
        attribute(CONTENT_TYPE, new asn1js.ObjectIdentifier({ value: DATA })),
        attribute(SIGNING_TIME, new asn1js.UTCTime({ valueDate: new Date() })),
        attribute(MESSAGE_DIGEST, new asn1js.OctetString({ valueHex: digest })),
        attribute(SIGNING_CERTIFICATE_V2, await signingCertificate(signer, signerDer)),
      ]
      const message = new SignedData({
        version: 1,
        encapContentInfo: new EncapsulatedContentInfo({
          eContentType: DATA,
          eContent: new asn1js.OctetString({ valueHex: content }),
        }),
        certificates,
        signerInfos: [
          new SignerInfo({
            version: 1,
            sid: new IssuerAndSerialNumber({ issuer: signer.issuer, serialNumber: signer.serialNumber }),
            signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
          }),
        ],
      })
      await message.sign(key, 0, 'SHA-256')
      return new ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: message.toSchema(true) })
        .toSchema()
        .toBER(false)
    },
    verify: async (message: Uint8Array): Promise<boolean> => {
      const signedData = new SignedData({ schema: ContentInfo.fromBER(message).content })
      return signedData.verify({ signer: 0, trustedCerts: anchors, checkChain: true })
    },
    parse: (der: Uint8Array): unknown => Certificate.fromBER(der),
  }
}
