import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCertificateKey } from './certificate-key.ts'

/** openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384: CN=张三, basicConstraints CA:TRUE. */
const P384_AUTHORITY = Buffer.from(
  'MIIBtTCCATqgAwIBAgIUKtcxQeHNcIv1HNcpxQJIYO+Fv9AwCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwG5byg5LiJMB4XDTI2MTEyMzIwNTgyOFoXDTM2MTEyMDIwNTgyOFowETEPMA0GA1UEAwwG5byg5LiJMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEQvUg86OCR/sMHZu84ykLZ/7B5SdrWYE/qUjIClrVvGdt2GdrWR4Wj4PN8YDjKbxj27TcPui+Drwfikde7u4aaXIV29Geb4g6l1nKdG36LxvaKrgw2WnbEjM6ZKQdWzsSo1MwUTAdBgNVHQ4EFgQUfNiscsqiFjhy0OPODRt8kxVt38wwHwYDVR0jBBgwFoAUfNiscsqiFjhy0OPODRt8kxVt38wwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNpADBmAjEApgzpNOhrh5M+mvITbGbX4QKRkw09gpdGKINYAS1iwEnWxrwNiJ/u3I/MSunnc/qCAjEAplQsLNUGAMSJWt1lpdrz+lnJk/1rLPIydKAkm/J6J9NvN3Dnl04iHgeuczyxS6eH',
  'base64',
)
/** openssl req -x509 -newkey rsa:1024: CN=张三, basicConstraints CA:FALSE. */
const RSA_1024 = Buffer.from(
  'MIIB+zCCAWSgAwIBAgIUKZWwZyieS/rpAk9F+EwyHhqFos0wDQYJKoZIhvcNAQELBQAwETEPMA0GA1UEAwwG5byg5LiJMB4XDTI2MTEyMzIwNTgyOFoXDTM2MTEyMDIwNTgyOFowETEPMA0GA1UEAwwG5byg5LiJMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCu4YASU8gX4W08KP3ViHwPOzS4IYWiNVjY/tchQakEfMmSFhvnehrBosgnRuSkiWrnmbw3SFNHN6Tk0jhb8OXRaDPebQAEJxuDAoVAkCMj0lBXc/ScuA7YhXoI/La1H0oe0F0vlvNt5QGLmrMEIDlm96+zaumvBcjDf/fyaUJI2QIDAQABo1AwTjAdBgNVHQ4EFgQUNMFG0x3PgajOFJXHAEw/rGOnoTowHwYDVR0jBBgwFoAUNMFG0x3PgajOFJXHAEw/rGOnoTowDAYDVR0TAQH/BAIwADANBgkqhkiG9w0BAQsFAAOBgQBHiytQymsQY3mGP3KgTHcntcReqFfEsagtXLrhizdPk+HketwKdrbQHEBP3wVyQ2siF7wQWUddeg2MeiVMSr6b1QZCfMt6nDSgn81jo1IZDVhT0wqRZYRfamzxIGj+JZt89JRZzExqqqNMSs7SR3NBYxj0or3wwx7TsaJl3pr/WA==',
  'base64',
)
/** The same request with the curve SM2. */
const SM2 = Buffer.from(
  'MIIBdzCCAR2gAwIBAgIUGejm3Y3tEADWzLhpLWRtAxaf5xIwCgYIKoEcz1UBg3UwETEPMA0GA1UEAwwG5byg5LiJMB4XDTI2MTEyMzIwNTgyOFoXDTM2MTEyMDIwNTgyOFowETEPMA0GA1UEAwwG5byg5LiJMFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEvN6KrQ7T8iCM99cq77ZgHUX9iTxDwnwaubp79z8Li3TUDtZadTX3TLmu29GG5fVYLMB/JdX+6lkVs9rp69bjmqNTMFEwHQYDVR0OBBYEFO6U3vrkHGu//ga/pFF7bpQ6vkshMB8GA1UdIwQYMBaAFO6U3vrkHGu//ga/pFF7bpQ6vkshMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoEcz1UBg3UDSAAwRQIhAM30rbcavDr3iHM9zeFlDAY5wyIv9t8bRUC/IWvUWWuAAiBD9pSBssp30iW2/0bcf4xa2m1X3UXYYhQM38OYsz+jmA==',
  'base64',
)

it('tells type, size and authority', () => {
  expect(readCertificateKey(P384_AUTHORITY)).toMatchObject({ keyType: 'ec', keyBits: 384, isAuthority: true })
  expect(readCertificateKey(RSA_1024)).toMatchObject({ keyType: 'rsa', keyBits: 1024, isAuthority: false })
  expect(readCertificateKey(RSA_1024)?.modulus).toHaveLength(128)
})

it('an SM2 key is another kind, not an EC key that signs ECDSA', () => {
  expect(readCertificateKey(SM2)).toMatchObject({ keyType: 'other', keyBits: 256 })
})

it('rubbish from a token is null or a key, never an exception', () => {
  expect(readCertificateKey(new Uint8Array())).toBeNull()
  expect(readCertificateKey(Buffer.from('not a certificate'))).toBeNull()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readCertificateKey(bytes)))
  for (let cut = 0; cut < RSA_1024.length; cut++) expect(readCertificateKey(RSA_1024.subarray(0, cut))).toBeNull()
  fc.assert(
    fc.property(fc.nat(RSA_1024.length - 1), fc.nat(255), (at, value) => {
      readCertificateKey(RSA_1024.with(at, value))
    }),
  )
})
