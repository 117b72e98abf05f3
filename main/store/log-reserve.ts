import { fstatSync, readSync, statfsSync, writeSync } from 'node:fs'

/**
 * Keeps zeros behind the end of SQLite's log. Bringing a commit to the disk takes half the time where it overwrites blocks
 * that the file has already than where the file grows, since no block has to be allotted then.
 *
 * Safe, as reading a log ends at the first frame whose checksum is wrong (sqlite.org/fileformat2.html §4.4), and zeros are
 * written behind the end of the file only, far from where SQLite appends.
 */
export interface LogReserve {
  /** Looks, and adds to the zeros when few are left. Costs a read of four bytes otherwise. */
  readonly keep: () => void
}

export interface LogReserveOptions {
  /** Of the log, opened for reading and writing. */
  readonly descriptor: number
  readonly folder: string
  readonly pageSize: number
  /** Bytes that are added at once. */
  readonly step?: number
  /** With less free space than this the log is left as it is. */
  readonly leastFree?: number
}

/** sqlite.org/fileformat2.html §4.1, §4.2: the header of the log and of each frame. */
const LOG_HEADER = 32
const FRAME_HEADER = 24
/** More than one commit writes. */
const MARGIN = 128 * 1024

export const createLogReserve = ({
  descriptor,
  folder,
  pageSize,
  step = 4 * 1024 * 1024,
  leastFree = 512 * 1024 * 1024,
}: LogReserveOptions): LogReserve => {
  const frame = pageSize + FRAME_HEADER
  const pageNumber = Buffer.alloc(4)
  /** Where a frame will begin when few zeros are left: its page number is not zero then. */
  let mark = 0

  const extend = (): void => {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < leastFree) {
      mark = Number.POSITIVE_INFINITY
      return
    }
    const { size } = fstatSync(descriptor)
    writeSync(descriptor, Buffer.alloc(step), 0, step, size)
    mark = LOG_HEADER + Math.floor((size + step - MARGIN - LOG_HEADER) / frame) * frame
  }

  return {
    keep: () => {
      try {
        if (mark === Number.POSITIVE_INFINITY) return
        if (mark > 0) {
          readSync(descriptor, pageNumber, 0, pageNumber.length, mark)
          if (pageNumber.readUInt32BE() === 0) return
        }
        extend()
      } catch {
        // It only saves time: what the disk has to say about a commit, the commit itself will be told.
        mark = Number.POSITIVE_INFINITY
      }
    },
  }
}
