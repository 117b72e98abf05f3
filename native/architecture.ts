import { open } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'

/** Names as in `process.arch`, and those of machines Node has no name for. */
type Architecture = 'x64' | 'ia32' | 'arm64' | 'arm' | 'loong64' | 'mips64el' | 'riscv64' | 'unknown'
export interface LibraryArchitecture {
  readonly format: 'elf' | 'pe' | 'mach-o'
  /** Several in a universal Mach-O file. */
  readonly architectures: readonly Architecture[]
}

/** e_machine, System V ABI; 258 is LoongArch. */
const ELF_MACHINES: Readonly<Record<number, Architecture>> = {
  3: 'ia32',
  8: 'mips64el',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}
/** IMAGE_FILE_MACHINE_*, PE format specification. 0xa641 (ARM64EC) loads into x64 processes. */
const PE_MACHINES: Readonly<Record<number, Architecture>> = {
  0x14c: 'ia32',
  0x1c4: 'arm',
  0x8664: 'x64',
  0xa641: 'x64',
  0xaa64: 'arm64',
}
/** cputype of mach/machine.h. */
const MACH_CPUS: Readonly<Record<number, Architecture>> = {
  7: 'ia32',
  12: 'arm',
  0x01000007: 'x64',
  0x0100000c: 'arm64',
}
const MACH_THIN = [0xfeedface, 0xfeedfacf]
const MACH_FAT = 0xcafebabe
const HEADER_BYTES = 4096

const readElf = (header: Buffer): LibraryArchitecture => {
  const machine = header[5] === 2 ? header.readUInt16BE(18) : header.readUInt16LE(18)
  return { format: 'elf', architectures: [ELF_MACHINES[machine] ?? 'unknown'] }
}

const readPe = (header: Buffer): LibraryArchitecture | null => {
  const offset = header.readUInt32LE(0x3c)
  if (offset + 6 > header.length || header.toString('latin1', offset, offset + 4) !== 'PE\0\0') return null
  return { format: 'pe', architectures: [PE_MACHINES[header.readUInt16LE(offset + 4)] ?? 'unknown'] }
}

const readFat = (header: Buffer): LibraryArchitecture | null => {
  const count = header.readUInt32BE(4)
  // Java class files begin with the same four bytes; their "count" is a version number of 45 and more.
  if (count === 0 || count > 16) return null
  const cpus = Array.from({ length: count }, (_, index) => header.readUInt32BE(8 + index * 20))
  return { format: 'mach-o', architectures: cpus.map((cpu) => MACH_CPUS[cpu] ?? 'unknown') }
}

const parse = (header: Buffer): LibraryArchitecture | null => {
  if (header.length < 64) return null
  if (header.readUInt32BE(0) === 0x7f454c46) return readElf(header)
  if (header.toString('latin1', 0, 2) === 'MZ') return readPe(header)
  if (header.readUInt32BE(0) === MACH_FAT) return readFat(header)
  if (MACH_THIN.includes(header.readUInt32LE(0))) {
    return { format: 'mach-o', architectures: [MACH_CPUS[header.readUInt32LE(4)] ?? 'unknown'] }
  }
  return null
}

/**
 * Format and architecture of a shared library, from its first bytes: nothing is loaded.
 * @throws token.driver_missing when there is no such file, token.driver_invalid when it is not a library
 */
export const readArchitecture = async (path: string): Promise<LibraryArchitecture> => {
  let header: Buffer
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
      header = buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new AppError('token.driver_missing', {}, { cause })
  }
  const found = parse(header)
  if (!found) throw new AppError('token.driver_invalid', { reason: 'not_a_library' })
  return found
}

const FORMATS: Readonly<Partial<Record<NodeJS.Platform, LibraryArchitecture['format']>>> = {
  linux: 'elf',
  win32: 'pe',
  darwin: 'mach-o',
}

export interface Computer {
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/** @throws token.driver_architecture when this computer's helper processes cannot load the library */
export const checkArchitecture = (library: LibraryArchitecture, { platform, arch }: Computer = process): void => {
  const isFormat = library.format === FORMATS[platform]
  if (isFormat && library.architectures.some((architecture) => architecture === arch)) return
  const found = isFormat ? library.architectures.join('+') : library.format
  throw new AppError('token.driver_architecture', { found, wanted: arch })
}
