/** Calls to the platform's own server. */
import type { Bidder, ListedTender, Receipt } from '../answers.ts'

/** The platform's server said no; `message` is its sentence for the bidder. */
export class PlatformRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(`/api${path}`, init)
  if (response.ok) return response
  const answer = (await response.json()) as { error: { code: string; message: string } }
  throw new PlatformRefusal(answer.error.code, answer.error.message)
}

const read = async <Answer>(path: string, init?: RequestInit): Promise<Answer> =>
  (await (await call(path, init)).json()) as Answer

const post = (body?: unknown): RequestInit =>
  body === undefined
    ? { method: 'POST' }
    : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }

export interface Settings {
  /** 系统标识码: what the platform is registered under. */
  readonly systemCode: string
  /** Where the client is looked for; null: at its usual ports. */
  readonly bridgePorts: readonly number[] | null
}

export const settings = (): Promise<Settings> => read<Settings>('/settings')

export const session = async (): Promise<Bidder | null> => (await read<{ bidder: Bidder | null }>('/session')).bidder

export const drawChallenge = async (): Promise<string> =>
  (await read<{ challenge: string }>('/login/challenge', post())).challenge

export const login = async (loginToken: string): Promise<Bidder> =>
  (await read<{ bidder: Bidder }>('/login', post({ loginToken }))).bidder

export const logout = async (): Promise<void> => {
  await call('/logout', post())
}

export const tenders = async (): Promise<ListedTender[]> =>
  (await read<{ tenders: ListedTender[] }>('/tenders')).tenders

export const tenderDocument = async (id: string, signal: AbortSignal): Promise<Blob> =>
  (await call(`/tenders/${id}/document`, { signal })).blob()

export const submitBid = async (id: string, pdf: Blob, signal: AbortSignal): Promise<Receipt> => {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/pdf' }, body: pdf, signal }
  return (await read<{ receipt: Receipt }>(`/tenders/${id}/bids`, init)).receipt
}

export const receipts = async (): Promise<Receipt[]> => (await read<{ receipts: Receipt[] }>('/receipts')).receipts
