export type ReadBytes = (documentId: string, offset: number, length: number) => Promise<Uint8Array>

/** The largest piece that `viewer.read` hands out. */
export const largestPiece = 4 * 1024 * 1024

/** Bytes `offset` to `offset + length` of a document; a short answer is an error, never a hole. */
export const readInPieces = async (
  read: ReadBytes,
  documentId: string,
  offset: number,
  length: number,
): Promise<Uint8Array> => {
  const whole = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const piece = await read(documentId, offset + done, Math.min(largestPiece, length - done))
    if (piece.length === 0 || piece.length > length - done) throw new Error('the document ended early')
    whole.set(piece, done)
    done += piece.length
  }
  return whole
}
