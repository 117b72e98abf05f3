const paeth = (left: number, up: number, upLeft: number): number => {
  const estimate = left + up - upLeft
  const [toLeft, toUp, toUpLeft] = [
    Math.abs(estimate - left),
    Math.abs(estimate - up),
    Math.abs(estimate - upLeft),
  ] as const
  return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft
}

/**
 * Undoes the PNG filters (ISO/IEC 15948 §9), one type octet in front of each row of `rowLength` bytes. Returns undefined
 * when a filter type does not exist or a row is missing.
 */
export const undoPngFilters = (
  data: Uint8Array,
  rowLength: number,
  rows: number,
  pixelLength: number,
): Uint8Array | undefined => {
  if (data.length < rows * (rowLength + 1)) return undefined
  const out = new Uint8Array(rows * rowLength)
  for (let row = 0; row < rows; row++) {
    const from = row * (rowLength + 1)
    const to = row * rowLength
    const type = data[from] ?? 0
    if (type > 4) return undefined
    for (let column = 0; column < rowLength; column++) {
      const raw = data[from + 1 + column] ?? 0
      const left = column >= pixelLength ? (out[to + column - pixelLength] ?? 0) : 0
      const up = row > 0 ? (out[to + column - rowLength] ?? 0) : 0
      const upLeft = row > 0 && column >= pixelLength ? (out[to + column - rowLength - pixelLength] ?? 0) : 0
      const prediction =
        type === 0 ? 0 : type === 1 ? left : type === 2 ? up : type === 3 ? (left + up) >> 1 : paeth(left, up, upLeft)
      out[to + column] = raw + prediction
    }
  }
  return out
}
