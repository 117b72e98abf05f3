/** One build, one `npm start` at a time, also when an earlier one was ended in the middle. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const BUILD = {
  patienceMs: 120_000,
  busy: (holder, file) => `another build (process ${holder}) seems to hang: end it, or delete ${file}`,
}

/** Process id of the holder, or null when nobody holds the lock. */
const holderOf = (file) => {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== 'ESRCH'
  }
}

/** A link appears with its content, or not at all: no lock is ever seen without its holder. */
const take = (file) => {
  const mine = `${file}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, file)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(mine)
  }
}

/** Two processes may find the same dead holder: what was renamed is looked at, and put back if it is another's lock. */
const clear = (file, dead) => {
  const taken = `${file}.${process.pid}.dead`
  try {
    renameSync(file, taken)
    if (holderOf(taken) !== dead) linkSync(taken, file)
    rmSync(taken)
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error
  }
}

/**
 * Runs `work` while this process holds the lock `file`; waits for a living holder, takes over from a dead one.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ patienceMs: number, busy: (holder: number | null, file: string) => string }} [options] the error's message
 * @returns {Promise<T>}
 */
export const withLock = async (file, work, { patienceMs, busy } = BUILD) => {
  mkdirSync(path.dirname(file), { recursive: true })
  for (const start = Date.now(); !take(file);) {
    const holder = holderOf(file)
    if (holder !== null && !isAlive(holder)) clear(file, holder)
    else if (Date.now() - start >= patienceMs) throw new Error(busy(holder, file))
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}
