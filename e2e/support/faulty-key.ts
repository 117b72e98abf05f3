/** A second key beside the demo keys, in a driver that misbehaves on order (tools/faulty-pkcs11). */
import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import path from 'node:path'
import { createFaultyToken, type FaultyToken } from '#tools/faulty-pkcs11/faulty-token.ts'
import { holders } from '#tools/softhsm/holders.ts'
import { openTestCa } from '#tools/softhsm/test-ca.ts'

/** Its holder comes after those of the demo keys. */
const HOLDER = 3

export const faultyHolder = holders(HOLDER).name

export const makeFaultyKey = async (folder: string, keysFolder: string): Promise<FaultyToken> => {
  const ca = await openTestCa(path.join(keysFolder, 'ca'))
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const certificate = await ca.issue({ ...holders(HOLDER), use: 'sign', publicKey: pem, days: 30 })
  return createFaultyToken(path.join(folder, 'faulty'), new X509Certificate(certificate).raw)
}
