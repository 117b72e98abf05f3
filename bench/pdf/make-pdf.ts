import { createCipheriv } from 'node:crypto'
import { createWriteStream, existsSync, statSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { once } from 'node:events'

const PIXELS = 400
const IMAGE_BYTES = PIXELS * PIXELS * 3

const pageObjects = (first: number, number: number): readonly [string, string] => {
  const text = `BT /F1 14 Tf 72 790 Td (Tender document, page ${number}) Tj ET q 450 0 0 450 72 300 cm /Im Do Q`
  const resources = `<< /Font << /F1 3 0 R >> /XObject << /Im ${first + 2} 0 R >> >>`
  return [
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources ${resources} /Contents ${first + 1} 0 R >>`,
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
  ]
}

/**
 * Writes a valid PDF 1.4 of about `megabytes` × 10⁶ bytes: one uncompressed image of pseudo-random pixels a page, like a
 * scanned tender. The bytes are the same at every run. An existing file is used again.
 */
export const makePdf = async (file: string, megabytes: number): Promise<{ file: string; size: number }> => {
  if (existsSync(file)) return { file, size: statSync(file).size }
  await mkdir(path.dirname(file), { recursive: true })
  const temporary = `${file}.part`
  const out = createWriteStream(temporary)
  const random = createCipheriv('aes-128-ctr', Buffer.alloc(16, megabytes), Buffer.alloc(16))
  const offsets: number[] = []
  let length = 0
  const write = async (data: Buffer | string): Promise<void> => {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data
    length += bytes.length
    if (!out.write(bytes)) await once(out, 'drain')
  }
  const object = async (body: string): Promise<void> => {
    offsets.push(length)
    await write(`${offsets.length} 0 obj\n${body}\nendobj\n`)
  }
  const pages = Math.max(1, Math.round((megabytes * 1e6) / IMAGE_BYTES))
  const kids = Array.from({ length: pages }, (_, page) => `${4 + page * 3} 0 R`)
  await write('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n')
  await object('<< /Type /Catalog /Pages 2 0 R >>')
  await object(`<< /Type /Pages /Count ${pages} /Kids [${kids.join(' ')}] >>`)
  await object('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>')
  for (let page = 0; page < pages; page++) {
    for (const body of pageObjects(4 + page * 3, page + 1)) await object(body)
    offsets.push(length)
    const head = `/Width ${PIXELS} /Height ${PIXELS} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length ${IMAGE_BYTES}`
    await write(`${offsets.length} 0 obj\n<< /Type /XObject /Subtype /Image ${head} >>\nstream\n`)
    await write(random.update(Buffer.alloc(IMAGE_BYTES)))
    await write('\nendstream\nendobj\n')
  }
  const start = length
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  await write(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows.join('')}`)
  await write(`trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`)
  out.end()
  await once(out, 'finish')
  await rename(temporary, file)
  return { file, size: length }
}
