import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { readSealImage } from '../image/seal-image.ts'
import { bufferSource } from '../io/byte-source.ts'
import { buildPdf, sealPixels } from '../testing/pdf-samples.ts'
import type { PdfStyle, SampleOptions } from '../testing/pdf-samples.ts'
import { encodeRgba } from '../testing/png-encoder.ts'
import { signSample } from '../testing/sign-sample.ts'
import { createTestChain } from '../testing/test-ca.ts'
import { createWorkbench } from '../testing/tools.ts'
import type { Workbench } from '../testing/tools.ts'
import { inspectPdf } from './inspect.ts'
import { verifyPdf } from './verify.ts'

const rsa = createTestChain('rsa-2048')
const ec = createTestChain('P-256')
const anchors = [rsa.root.certificate, ec.root.certificate]
const seal = readSealImage(encodeRgba(120, 120, sealPixels(120)))
const place = { page: 1, x: 30, y: 40, width: 40, height: 40 }
let bench: Workbench

beforeAll(async () => {
  bench = await createWorkbench()
  await bench.run('certutil', '-N', '-d', `sql:${bench.directory}`, '--empty-password')
  for (const [name, { root, signer }] of Object.entries({ rsa, ec })) {
    await bench.write(`${name}-root.pem`, root.pem)
    await bench.run(
      'certutil',
      '-A',
      '-d',
      `sql:${bench.directory}`,
      '-n',
      `${name}-root`,
      '-t',
      'CT,C,C',
      '-i',
      `${name}-root.pem`,
    )
    await bench.write(`${name}.pem`, signer.pem)
    await bench.write(`${name}-key.pem`, signer.key.pkcs8Pem())
  }
  await bench.write('issuing.pem', rsa.issuing.pem)
  await bench.run(
    ...([
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      'rsa.pem',
      '-inkey',
      'rsa-key.pem',
      '-certfile',
      'issuing.pem',
    ] as const),
    ...['-name', 'signer', '-passout', 'pass:', '-out', 'signer.p12'],
  )
  await bench.run('pk12util', '-i', 'signer.p12', '-d', `sql:${bench.directory}`, '-W', '')
})
afterAll(() => bench.close())

const sign = async (pdf: Uint8Array, placements = [place], chain = rsa) =>
  (await signSample(pdf, { signer: chain.signer, chain: [chain.issuing], placements, image: seal, reason: '投标' }))
    .bytes

const judge = async (bytes: Uint8Array) => {
  await bench.write('judged.pdf', bytes)
  const signatures = (await bench.run('pdfsig', '-nssdir', `sql:${bench.directory}`, 'judged.pdf')).output
  return {
    valid: signatures.match(/Signature is Valid/g)?.length ?? 0,
    trusted: signatures.match(/Certificate is Trusted/g)?.length ?? 0,
    total: signatures.match(/Total document signed/g)?.length ?? 0,
    check: (await bench.run('qpdf', '--check', 'judged.pdf')).status,
    signatures,
  }
}

/** qpdf warns (3) about the number of objects pdfsig writes; `check` says what is expected of it. */
const expectJudged = async (bytes: Uint8Array, count: number, expectedCheck = 0) => {
  const { valid, trusted, total, check, signatures } = await judge(bytes)
  const expected = { valid: count, trusted: count, total: 1, check: expectedCheck }
  expect({ valid, trusted, total, check }, signatures).toEqual(expected)
  const report = await verifyPdf(bufferSource(bytes), { anchors })
  expect(report.signatures.map(({ findings }) => findings)).toEqual(Array.from({ length: count }, () => []))
}

/** Colour of the page at a place in millimetres, as poppler draws it. */
const render = async (bytes: Uint8Array, page: number) => {
  await bench.write('drawn.pdf', bytes)
  await bench.run(
    'pdftoppm',
    '-cropbox',
    '-r',
    '50.8',
    '-f',
    String(page),
    '-l',
    String(page),
    '-singlefile',
    'drawn.pdf',
    'page',
  )
  const ppm = await readFile(bench.file('page.ppm'))
  const [, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.toString('latin1', 0, 40))!.map(Number)
  const start = ppm.length - width! * height! * 3
  return (x: number, y: number): 'red' | 'white' | 'other' => {
    const at = start + (Math.round(y * 2) * width! + Math.round(x * 2)) * 3
    const [red = 0, green = 0, blue = 0] = ppm.subarray(at, at + 3)
    if (red > 180 && green < 80 && blue < 80) return 'red'
    return red > 240 && green > 240 && blue > 240 ? 'white' : 'other'
  }
}

const styles: PdfStyle[] = ['table', 'stream', 'object-streams', 'hybrid']
const pages: SampleOptions['pages'] = [
  { annots: 'indirect' },
  { rotate: 90, annots: 'direct' },
  { rotate: 180, cropBox: [50, 60, 500, 700] },
  { rotate: 270, mediaBox: [-100, -50, 495, 792], cropBox: [-50, 0, 400, 700] },
]

describe('judges we did not write accept what we sign', () => {
  it.each(styles)('%s, four pages, RSA then ECDSA on top', async (style) => {
    const once = await sign(
      buildPdf({ style, pages, acroForm: 'indirect' }),
      [1, 2, 3, 4].map((page) => ({ ...place, page })),
    )
    await expectJudged(once, 1)
    await expectJudged(await sign(once, [{ ...place, x: 90 }], ec), 2)
  })

  it.each([
    ['linearized', ['--linearize']],
    ['linearized with object streams', ['--linearize', '--object-streams=generate']],
    ['object streams', ['--object-streams=generate']],
    ['recompressed', ['--recompress-flate', '--compression-level=9', '--object-streams=generate']],
    ['QDF', ['--qdf']],
  ])('%s by qpdf', async (_name, args) => {
    await bench.write('in.pdf', buildPdf({ pages, acroForm: 'direct' }))
    await bench.run('qpdf', ...args, 'in.pdf', 'out.pdf')
    const pdf = new Uint8Array(await readFile(bench.file('out.pdf')))
    expect((await inspectPdf(bufferSource(pdf))).isLinearized).toBe(args.includes('--linearize'))
    const once = await sign(pdf, [{ ...place, page: 4 }])
    await expectJudged(once, 1)
    await expectJudged(await sign(once), 2)
  })

  it('10,000 pages, sealed on the last one', async () => {
    const many = Array.from({ length: 10_000 }, () => ({}))
    const signed = await sign(buildPdf({ pages: many, fanOut: 64, style: 'object-streams' }), [
      { ...place, page: 10_000 },
    ])
    await expectJudged(signed, 1)
  })

  it('an invisible signature', async () => {
    await expectJudged(await sign(buildPdf(), []), 1)
  })

  it('the CMS message in the file verifies with openssl over the byte range', async () => {
    const { bytes, result } = await signSample(buildPdf(), { signer: rsa.signer, chain: [rsa.issuing] })
    const [, open, close, rest] = result.byteRange
    await bench.write('range', Buffer.concat([bytes.subarray(0, open), bytes.subarray(close, close + rest)]))
    const hex = Buffer.from(bytes.subarray(open + 1, close - 1)).toString('latin1')
    await bench.write('contents.der', Buffer.from(hex, 'hex'))
    const { output } = await bench.run(
      ...(['openssl', 'cms', '-verify', '-binary', '-cades', '-inform', 'DER', '-in', 'contents.der'] as const),
      ...['-content', 'range', '-CAfile', 'rsa-root.pem', '-purpose', 'any', '-out', 'out'],
    )
    expect(output).toContain('Verification successful')
  })
})

describe('the seal is seen where it was placed', () => {
  it.each([1, 2, 3, 4])('on page %i, upright and in place whatever the rotation and crop', async (page) => {
    const signed = await sign(buildPdf({ pages }), [{ ...place, page }])
    const at = await render(signed, page)
    expect(at(50, 60)).toBe('red')
    // The disc's corners are transparent, and nothing is drawn outside.
    expect([at(31, 41), at(69, 41), at(31, 79), at(27, 60), at(73, 60)]).toEqual(Array(5).fill('white'))
  })

  it('as slices that fit together', async () => {
    const slices = [0, 1, 2, 3].map((index) => ({
      page: index + 1,
      x: 100,
      y: 40,
      width: 10,
      height: 40,
      slice: { left: index / 4, right: (index + 1) / 4 },
    }))
    const signed = await sign(buildPdf({ pages: [{}, {}, {}, {}] }), slices)
    // A disc of 40 mm cut in four: the outer slices are white at the top, the inner ones red.
    const tops: string[] = []
    for (const page of [1, 2, 3, 4]) {
      const at = await render(signed, page)
      tops.push(at(105, 43))
      expect(at(105, 60)).toBe('red')
      expect([at(98, 60), at(112, 60)]).toEqual(['white', 'white'])
    }
    expect(tops).toEqual(['white', 'red', 'red', 'white'])
  })
})

describe('we accept what others sign', () => {
  it('a signature by pdfsig is valid, alone, under ours and on top of ours', async () => {
    const add = async (bytes: Uint8Array, out: string) => {
      await bench.write('in.pdf', bytes)
      const args = ['-nssdir', `sql:${bench.directory}`, '-add-signature', '-nick', 'signer', '-digest', 'SHA256']
      // It complains about unused entries of its own table and signs all the same.
      await bench.run('pdfsig', 'in.pdf', out, ...args)
      return new Uint8Array(await readFile(bench.file(out)))
    }
    const theirs = await add(buildPdf({ pages }), 'theirs.pdf')
    await expectJudged(theirs, 1, 3)
    await expectJudged(await sign(theirs, [{ ...place, page: 2 }]), 2)
    await expectJudged(await add(await sign(buildPdf({ pages })), 'both.pdf'), 2)
  })

  it('a change by qpdf after signing is noticed', async () => {
    await bench.write('signed.pdf', await sign(buildPdf()))
    await bench.run('qpdf', '--object-streams=generate', 'signed.pdf', 'rewritten.pdf')
    const report = await verifyPdf(bufferSource(new Uint8Array(await readFile(bench.file('rewritten.pdf')))), {
      anchors,
    })
    expect(report.verdict).toBe('invalid')
  })
})

describe('files that cannot be signed say why', () => {
  const plain = buildPdf({ pages })
  const text = Buffer.from(plain).toString('latin1')
  it.each<[string, string, () => Promise<Uint8Array> | Uint8Array]>([
    ['empty', 'document.not_pdf', () => new Uint8Array(0)],
    ['text', 'document.not_pdf', () => Buffer.from('hello')],
    ['truncated', 'document.damaged', () => plain.subarray(0, plain.length / 2)],
    [
      'damaged startxref',
      'document.damaged',
      () => Buffer.from(text.replace(/startxref\n\d+/, 'startxref\n7'), 'latin1'),
    ],
    ['zero pages', 'document.no_pages', () => buildPdf({ pages: [] })],
    ...['40', '128', '256'].map((bits): [string, string, () => Promise<Uint8Array>] => [
      `encrypted with ${bits} bits by qpdf`,
      'document.encrypted',
      async () => {
        await bench.write('in.pdf', plain)
        await bench.run('qpdf', '--allow-weak-crypto', '--encrypt', '', 'owner', bits, '--', 'in.pdf', 'encrypted.pdf')
        return new Uint8Array(await readFile(bench.file('encrypted.pdf')))
      },
    ]),
  ])('%s: %s', async (_name, code, make) => {
    const source = bufferSource(await make())
    await expect(inspectPdf(source)).rejects.toMatchObject({ code })
    await expect(sign(await make())).rejects.toMatchObject({ code })
  })
})
