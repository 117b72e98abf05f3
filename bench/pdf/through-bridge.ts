import { X509Certificate, createHash } from 'node:crypto'
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { uploadedDocumentSchema } from '#contract/bridge.ts'
import { operationSchema } from '#contract/operations.ts'
import { createBridgeClient } from '../bridge/client.ts'
import { openHost } from '../bridge/open-host.ts'
import { openPage } from '../bridge/page.ts'
import { figure, limited } from '../harness/figures.ts'
import type { Figure } from '../harness/figures.ts'
import { milliseconds } from '../harness/interleave.ts'
import { median } from '../harness/stats.ts'

const LOOP_LIMIT_MS = 20
const ORIGIN = 'platform'

const streamed = (port: number, method: string, path: string, token: string, file: string | null) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const headers: Record<string, string | number> = {
      ...{ Origin: `https://${ORIGIN}.example`, 'X-Bridge': '1', Authorization: `Bearer ${token}` },
      ...(file === null ? {} : { 'Content-Type': 'application/pdf', 'Content-Length': statSync(file).size }),
    }
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, resolve)
    sent.on('error', reject)
    if (file === null) sent.end()
    else pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), sent).catch(reject)
  })

const text = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** What a page does with a tender: upload, sign without a picture, download; over HTTP, with the key in the token. */
export const throughBridge = async (files: readonly { file: string; name: string; rounds: number }[]) => {
  const { demo, host } = await openHost()
  const client = createBridgeClient(host.port)
  const page = await openPage(client, ORIGIN)
  const pem = demo.tokens[0]?.certificates.find(({ type, use }) => type === 'rsa' && use === 'sign')?.pem ?? ''
  const certificateId = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')

  const upload = async (file: string): Promise<string> =>
    uploadedDocumentSchema.parse(
      JSON.parse(await text(await streamed(host.port, 'POST', '/v1/documents?name=bench.pdf', page.token, file))),
    ).id
  const sign = async (id: string): Promise<string> => {
    const { body } = await client.call('POST', `/v1/documents/${id}/signatures`, {
      ...{ origin: `https://${ORIGIN}.example`, token: page.token, waitSeconds: 60 },
      body: { certificateId, sealId: null },
    })
    const { result } = operationSchema.parse(body)
    if (result?.kind !== 'document_sign') throw new Error(`not signed: ${JSON.stringify(body)}`)
    return result.documents[0]?.id ?? ''
  }
  const download = async (id: string, target: string): Promise<void> =>
    pipeline(
      await streamed(host.port, 'GET', `/v1/documents/${id}/content`, page.token, null),
      createWriteStream(target),
    )

  const figures: Figure[] = []
  let afterFirst = 0
  for (const { file, name, rounds } of files) {
    const times = { upload: [] as number[], sign: [] as number[], download: [] as number[] }
    for (let round = -1; round < rounds; round++) {
      let id = ''
      const uploaded = await milliseconds(async () => (id = await upload(file)))
      const signed = await milliseconds(async () => (id = await sign(id)))
      const downloaded = await milliseconds(() => download(id, `${file}.signed`))
      if (round < 0) continue
      times.upload.push(uploaded)
      times.sign.push(signed)
      times.download.push(downloaded)
    }
    const { longest, longestOwn, memory } = await host.turn(true)
    afterFirst ||= memory.peak
    const what = `pdf: ${name} through the bridge`
    figures.push(
      figure(`${what}, upload, p50`, median(times.upload), 'ms'),
      figure(`${what}, signature, p50`, median(times.sign), 'ms'),
      figure(`${what}, download, p50`, median(times.download), 'ms'),
      limited(`${what}, longest block of main's event loop`, longestOwn, 'ms', LOOP_LIMIT_MS),
      figure(`${what}, longest block of main's event loop, waiting for a CPU included`, longest, 'ms'),
    )
  }
  const { memory } = await host.turn(true)
  const growth = memory.peak - afterFirst
  figures.push(
    limited("pdf: main's and its worker's peak memory, growth beyond that of the smallest", growth, 'MiB', 64),
  )
  client.close()
  await host.close()
  return figures
}
