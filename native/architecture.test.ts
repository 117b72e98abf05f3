import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkArchitecture, readArchitecture } from './architecture.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'architecture-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const file = (bytes: Buffer): string => {
  const name = path.join(directory, String(Math.random()))
  writeFileSync(name, bytes)
  return name
}

const elf = (machine: number, isBigEndian = false): Buffer => {
  const header = Buffer.alloc(64)
  header.write('\x7fELF', 'latin1')
  header[5] = isBigEndian ? 2 : 1
  if (isBigEndian) header.writeUInt16BE(machine, 18)
  else header.writeUInt16LE(machine, 18)
  return header
}
const pe = (machine: number): Buffer => {
  const header = Buffer.alloc(512)
  header.write('MZ', 'latin1')
  header.writeUInt32LE(0x80, 0x3c)
  header.write('PE\0\0', 0x80, 'latin1')
  header.writeUInt16LE(machine, 0x84)
  return header
}
const thin = (cpu: number): Buffer => {
  const header = Buffer.alloc(64)
  header.writeUInt32LE(0xfeedfacf, 0)
  header.writeUInt32LE(cpu, 4)
  return header
}
const universal = (...cpus: number[]): Buffer => {
  const header = Buffer.alloc(64 + cpus.length * 20)
  header.writeUInt32BE(0xcafebabe, 0)
  header.writeUInt32BE(cpus.length, 4)
  cpus.forEach((cpu, index) => header.writeUInt32BE(cpu, 8 + index * 20))
  return header
}

describe('reading a library', () => {
  const X64 = 0x01000007
  const ARM64 = 0x0100000c
  for (const [name, bytes, format, architectures] of [
    ['ok/ELF x64', elf(62), 'elf', ['x64']],
    ['ok/ELF arm64', elf(183), 'elf', ['arm64']],
    ['ok/ELF LoongArch', elf(258), 'elf', ['loong64']],
    ['ok/ELF big endian', elf(3, true), 'elf', ['ia32']],
    ['ok/ELF of another machine', elf(21), 'elf', ['unknown']],
    ['ok/PE 32 bit', pe(0x14c), 'pe', ['ia32']],
    ['ok/PE 64 bit', pe(0x8664), 'pe', ['x64']],
    ['ok/PE arm64', pe(0xaa64), 'pe', ['arm64']],
    ['ok/Mach-O arm64', thin(ARM64), 'mach-o', ['arm64']],
    ['ok/Mach-O universal', universal(X64, ARM64), 'mach-o', ['x64', 'arm64']],
  ] as const) {
    it(name, async () => {
      expect(await readArchitecture(file(bytes))).toEqual({ format, architectures })
    })
  }

  for (const [name, bytes] of [
    ['fail/empty', Buffer.alloc(0)],
    ['fail/text', Buffer.from('#!/bin/sh\n'.repeat(50))],
    ['fail/short ELF', elf(62).subarray(0, 30)],
    ['fail/DOS program without PE header', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    ['fail/PE offset outside', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200, 0xff)])],
    ['fail/Java class', Buffer.concat([Buffer.from('cafebabe00000041', 'hex'), Buffer.alloc(100)])],
  ] as const) {
    it(name, async () => {
      await expect(readArchitecture(file(bytes))).rejects.toMatchObject({ code: 'token.driver_invalid' })
    })
  }

  it('fail/no such file, and a directory', async () => {
    await expect(readArchitecture('/nowhere/x.so')).rejects.toMatchObject({ code: 'token.driver_missing' })
    await expect(readArchitecture(directory)).rejects.toMatchObject({ code: 'token.driver_missing' })
  })

  it('ok/the program that runs this test fits this computer', async () => {
    checkArchitecture(await readArchitecture(process.execPath))
  })
})

describe('R15 architecture checked before loading', () => {
  const library = (format: 'elf' | 'pe' | 'mach-o', ...architectures: ('x64' | 'ia32' | 'arm64')[]) => ({
    format,
    architectures,
  })
  it('a 32-bit module on a 64-bit computer is named as such', () => {
    expect(() => checkArchitecture(library('pe', 'ia32'), { platform: 'win32', arch: 'x64' })).toThrow(
      expect.objectContaining({ code: 'token.driver_architecture', details: { found: 'ia32', wanted: 'x64' } }),
    )
  })
  it('a module of another system is named as such', () => {
    expect(() => checkArchitecture(library('pe', 'x64'), { platform: 'linux', arch: 'x64' })).toThrow(
      expect.objectContaining({ details: { found: 'pe', wanted: 'x64' } }),
    )
  })
  it('one fitting slice of a universal file is enough', () => {
    checkArchitecture(library('mach-o', 'x64', 'arm64'), { platform: 'darwin', arch: 'arm64' })
  })
})
