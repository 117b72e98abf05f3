/** What the platform's server answers and its page shows. Types alone: nothing of it is left in what is served. */

export interface Bidder {
  /** SHA-256 of the DER certificate, hex: who logged in. */
  readonly certificateId: string
  readonly name: string
  readonly organization: string
  readonly serial: string
  readonly since: string
}

export interface Tender {
  readonly id: string
  readonly number: string
  readonly title: string
  readonly owner: string
  readonly kind: string
  /** 元 */
  readonly ceiling: number
  readonly deadline: string
  readonly fileName: string
}

/** As listed: with whether a bid is still taken. */
export interface ListedTender extends Tender {
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
  readonly certificateId: string
  readonly certificateSerial: string
  readonly signedAt: string | null
  readonly receivedAt: string
}
