import { chmodSync, closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

const UNIX = 3
const DEFLATED = 8

/** A zip archive with Unix permissions, which Electron Packager restores; nothing beyond Node is needed to write it. */
export function writeZip(path, folder) {
  const file = openSync(path, 'w')
  const directory = []
  let offset = 0
  const put = (bytes) => {
    writeSync(file, bytes)
    offset += bytes.length
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const entry of entries) {
    const source = join(entry.parentPath, entry.name)
    const name = Buffer.from(relative(folder, source).split(sep).join('/'))
    const content = readFileSync(source)
    const packed = deflateRawSync(content, { level: 6 })
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(DEFLATED, 4)
    common.writeUInt32LE(0x00210000, 6) // 1980-01-01: the same archive from the same files
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const start = offset
    put(Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name]))
    put(packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((statSync(source).mode << 16) >>> 0, 6)
    tail.writeUInt32LE(start, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, UNIX]), common, tail, name]))
  }
  const start = offset
  for (const record of directory) put(record)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(offset - start, 12)
  end.writeUInt32LE(start, 16)
  put(end)
  closeSync(file)
  chmodSync(path, 0o644)
}
