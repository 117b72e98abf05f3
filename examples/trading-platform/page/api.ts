/** Calls to the platform's own server. */

export interface Bidder {
  readonly certificateId: string
  readonly name: string
  readonly organization: string
  readonly serial: string
}

export interface Tender {
  readonly id: string
  readonly number: string
  readonly title: string
  readonly owner: string
  readonly kind: string
  readonly ceiling: number
  readonly deadline: string
  readonly fileName: string
  readonly isOpen: boolean
}

export interface Receipt {
  readonly number: string
  readonly tenderId: string
  readonly tenderNumber: string
  readonly tenderTitle: string
  readonly sha256: string
  readonly size: number
  readonly signer: string
  readonly certificateSerial: string
  readonly signedAt: string | null
  readonly receivedAt: string
}

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

export const tenders = async (): Promise<Tender[]> => (await read<{ tenders: Tender[] }>('/tenders')).tenders

export const tenderDocument = async (id: string): Promise<Blob> => (await call(`/tenders/${id}/document`)).blob()

export const submitBid = async (id: string, pdf: Blob): Promise<Receipt> => {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/pdf' }, body: pdf }
  return (await read<{ receipt: Receipt }>(`/tenders/${id}/bids`, init)).receipt
}

export const receipts = async (): Promise<Receipt[]> => (await read<{ receipts: Receipt[] }>('/receipts')).receipts
