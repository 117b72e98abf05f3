/** Appends an incremental update with a table, as somebody who tampers with a file would. null frees an object. */
export const appendUpdate = (
  pdf: Uint8Array,
  objects: Readonly<Record<number, string | null>>,
  trailerExtra = '',
): Uint8Array => {
  const text = Buffer.from(pdf).toString('latin1')
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1] ?? '0'
  const kept = text.match(/\/Root \d+ 0 R/g)?.at(-1) ?? ''
  const size = Math.max(
    Number([...text.matchAll(/\/Size (\d+)/g)].at(-1)?.[1]),
    ...Object.keys(objects).map((num) => Number(num) + 1),
  )
  let body = '\n'
  const rows = Object.entries(objects).map(([num, content]) => {
    if (content === null) return `${num} 1\n0000000000 00001 f \n`
    const offset = pdf.length + body.length
    body += `${num} 0 obj\n${content}\nendobj\n`
    return `${num} 1\n${String(offset).padStart(10, '0')} 00000 n \n`
  })
  const start = pdf.length + body.length
  const root = trailerExtra.includes('/Root') ? '' : kept
  const tail = `xref\n${rows.join('')}trailer\n<</Size ${size}/Prev ${previous} ${root}${trailerExtra}>>\nstartxref\n${start}\n%%EOF\n`
  return new Uint8Array(Buffer.concat([pdf, Buffer.from(body + tail, 'latin1')]))
}

/** Appends what `write` makes of its own place in the file, for updates that no honest writer would make. */
export const appendText = (pdf: Uint8Array, write: (start: number, previous: string) => string): Uint8Array => {
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(Buffer.from(pdf).toString('latin1'))?.[1] ?? '0'
  return new Uint8Array(Buffer.concat([pdf, Buffer.from(write(pdf.length, previous), 'latin1')]))
}
