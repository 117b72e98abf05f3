/** Appends an incremental update with a table, as somebody who tampers with a file would. null frees an object. */
export const appendUpdate = (
  pdf: Uint8Array,
  objects: Readonly<Record<number, string | null>>,
  trailerExtra = '',
): Uint8Array => {
  const text = Buffer.from(pdf).toString('latin1')
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1] ?? '0'
  const trailer = text.slice(text.lastIndexOf('trailer'))
  const kept = /\/Root \d+ 0 R/.exec(trailer)?.[0] ?? ''
  const size = Math.max(
    Number(/\/Size (\d+)/.exec(trailer)?.[1]),
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
