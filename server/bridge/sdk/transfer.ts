import { fromProblem, unexpected } from './errors.ts'
import type { Client } from './http.ts'
import type { DownloadOptions, Problem, UploadedDocument, UploadOptions } from './types.ts'

/** The bridge takes 200 UTF-16 units. A pair is never cut in half: no URL can hold one half of it. */
const shortened = (name: string): string => name.slice(0, 200).replace(/[\uD800-\uDBFF]$/, '')

export const uploadDocument = async (
  client: Client,
  document: Blob,
  { name, signal, onProgress }: UploadOptions,
): Promise<UploadedDocument> => {
  const fileName = name ?? (document instanceof File ? document.name : '')
  const path = `/v1/documents?name=${encodeURIComponent(shortened(fileName))}`
  if (onProgress !== undefined) return uploadWithProgress(client, path, document, onProgress, signal)
  return (await client.json('POST', path, { body: document, signal })) as UploadedDocument
}

/** fetch cannot tell how much it has sent; XMLHttpRequest can. */
const uploadWithProgress = (
  client: Client,
  path: string,
  document: Blob,
  onProgress: NonNullable<UploadOptions['onProgress']>,
  own: AbortSignal | undefined,
): Promise<UploadedDocument> =>
  new Promise((resolve, reject) => {
    const signal = client.signal(own)
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open('POST', client.base + path)
    for (const [header, value] of Object.entries(client.headers())) request.setRequestHeader(header, value)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded, total)
    request.onloadend = () => {
      signal.removeEventListener('abort', stop)
      if (signal.aborted) reject(signal.reason as Error)
      else if (request.status === 0) client.lost().then(reject, reject)
      else if (request.status === 201) resolve(request.response as UploadedDocument)
      else reject(request.response === null ? unexpected(request.status) : fromProblem(request.response as Problem))
    }
    signal.addEventListener('abort', stop)
    if (signal.aborted) reject(signal.reason as Error)
    else request.send(document)
  })

export const downloadDocument = async (
  client: Client,
  id: string,
  { signal, onProgress }: DownloadOptions,
): Promise<Blob> => {
  const answer = await client.send('GET', `/v1/documents/${id}/content`, { signal })
  if (onProgress === undefined || answer.body === null) return answer.blob()
  const total = Number(answer.headers.get('content-length') ?? 0)
  let received = 0
  const counted = answer.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        received += chunk.length
        onProgress(received, total)
        controller.enqueue(chunk)
      },
    }),
  )
  return new Response(counted).blob()
}
