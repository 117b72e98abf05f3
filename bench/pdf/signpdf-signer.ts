/** @signpdf with its plain placeholder, used as its own examples show: the whole file in a buffer. */
import { readFile, writeFile } from 'node:fs/promises'
import { plainAddPlaceholder } from '@signpdf/placeholder-plain'
import { P12Signer } from '@signpdf/signer-p12'
import { SignPdf } from '@signpdf/signpdf'
import type { PrepareSigner } from './signer-child.ts'

export const prepare: PrepareSigner = async (key) => {
  const p12 = await readFile(key.p12File)
  return async ({ input, output }) => {
    const pdfBuffer = await readFile(input)
    const options = { pdfBuffer, reason: '', contactInfo: '', name: '', location: '', signatureLength: 16_384 }
    const signed = await new SignPdf().sign(
      plainAddPlaceholder(options),
      new P12Signer(p12, { passphrase: key.password }),
    )
    await writeFile(output, signed)
  }
}
