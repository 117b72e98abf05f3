/** Programs that do not come from npm: installed on Debian and Ubuntu, named with their source elsewhere. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { collect } from './run.mjs'
import { say, step } from './say.mjs'

/**
 * `start`: needed to run the client with a demo key. `test`: also needed by the tests.
 * `commands`: any of them tells that the program is there, on a system without dpkg.
 */
const programs = [
  {
    debian: ['chromium'],
    for: 'start',
    what: 'a Chromium-based browser',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'msedge'],
    files: [
      '/Applications/Google Chrome.app',
      '/Applications/Chromium.app',
      '/Applications/Microsoft Edge.app',
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    ],
    elsewhere: 'Chrome, Edge or Chromium from its vendor',
  },
  {
    debian: ['softhsm2'],
    for: 'start',
    what: 'SoftHSM2, the demo USB key',
    commands: ['softhsm2-util'],
    elsewhere: 'macOS: brew install softhsm · Fedora: dnf install softhsm · Windows: SoftHSM2-for-Windows (disig)',
  },
  {
    debian: ['openssl'],
    for: 'start',
    what: 'openssl, for the test CA',
    commands: ['openssl'],
    elsewhere: 'macOS: brew install openssl@3 · Fedora: dnf install openssl · Windows: part of Git for Windows',
  },
  {
    debian: ['fonts-noto-cjk'],
    for: 'start',
    what: 'a Chinese font',
    files: ['/System/Library/Fonts/PingFang.ttc', '/usr/share/fonts/opentype/noto', 'C:\\Windows\\Fonts\\msyh.ttc'],
    elsewhere: 'Noto Sans CJK from your distribution (macOS and Windows bring their own)',
  },
  {
    debian: ['make', 'g++', 'python3'],
    for: 'start',
    what: 'a C++ compiler, make and Python 3, for pkcs11js',
    commands: ['c++', 'cl'],
    elsewhere:
      'macOS: xcode-select --install · Windows: Visual Studio Build Tools · Fedora: dnf group install c-development',
  },
  {
    debian: ['firefox-esr'],
    for: 'test',
    what: 'Firefox',
    commands: ['firefox-esr', 'firefox'],
    files: ['/Applications/Firefox.app', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
    elsewhere: 'from mozilla.org or your distribution',
  },
  {
    debian: ['poppler-utils', 'qpdf', 'libnss3-tools'],
    for: 'test',
    what: 'pdfsig, qpdf and certutil, which judge the signatures',
    commands: ['pdfsig', 'qpdf', 'certutil'],
    all: true,
    elsewhere: 'macOS: brew install poppler qpdf nss · Fedora: dnf install poppler-utils qpdf nss-tools',
  },
  {
    debian: ['opensc', 'pcscd', 'vsmartcard-vpcd', 'vsmartcard-vpicc'],
    for: 'test',
    what: 'OpenSC and a virtual card reader whose card comes and goes',
    commands: ['pkcs11-tool', 'pcscd', 'vicc'],
    all: true,
    elsewhere: 'Linux only: opensc, pcscd, vsmartcard',
  },
  {
    debian: ['xvfb', 'xauth'],
    for: 'test',
    what: 'a virtual display',
    commands: ['Xvfb'],
    elsewhere: 'Linux only: xvfb (with a display of its own a computer does not need it)',
  },
  {
    debian: ['rpm', 'fakeroot', 'dpkg'],
    for: 'test',
    what: 'what makes installers for Linux',
    commands: ['rpmbuild', 'fakeroot', 'dpkg'],
    all: true,
    elsewhere: 'Linux only: rpm-build, fakeroot, dpkg',
  },
]

const inPath = (command) =>
  [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    ['', '.exe'].some((ending) => existsSync(path.join(folder, command + ending))),
  )

const isThere = ({ commands = [], files = [], all = false }) =>
  (all ? commands.every(inPath) : commands.some(inPath)) || files.some((file) => existsSync(file))

const missingDebian = async (names) => {
  const { output } = await collect('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names])
  const installed = new Set(output.split('\n').filter((line) => line.endsWith(' installed')))
  return names.filter((name) => !installed.has(`${name} installed`))
}

/** The command that apt-get runs under, or null when this user may not install anything. */
const aptPrefix = async () => {
  if (process.getuid?.() === 0) return []
  if (!inPath('sudo')) return null
  return (await collect('sudo', ['-n', 'true'])).code === 0 ? ['sudo', '-n'] : null
}

const apt = (prefix, args, onLine) => {
  const all = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args]
  return collect(all[0], all.slice(1), onLine ? { onLine } : {})
}

const installDebian = async (prefix, names) => {
  say(`System packages to install: ${names.join(' ')}`)
  await step('package lists', () => apt(prefix, ['-qq', 'update']))
  const { code, output } = await step('system packages', async (report) => {
    let done = 0
    let all = 0
    return apt(prefix, ['-y', '--no-install-recommends', 'install', ...names], (line) => {
      const plan = /(\d+) newly installed/.exec(line)
      if (plan) all = Number(plan[1])
      if (/^Setting up /.test(line)) report(`${(done += 1)} of ${all}`)
      else if (/^Unpacking /.test(line) && done === 0) report('unpacking')
      else if (/^Get:\d+/.test(line)) report('downloading')
    })
  })
  if (code !== 0)
    throw new Error(`apt-get could not install them:\n${output.trimEnd().split('\n').slice(-15).join('\n')}`)
}

/**
 * @param {'start' | 'test'} purpose
 * @returns {Promise<string[]>} what is still missing, each with where it comes from; empty when all is there
 */
export const installSystemPackages = async (purpose) => {
  const wanted = programs.filter((program) => program.for === 'start' || purpose === 'test')
  if (process.platform === 'linux' && inPath('dpkg-query') && inPath('apt-get')) {
    const names = await missingDebian(wanted.flatMap(({ debian }) => debian))
    // A browser or compiler from elsewhere will do.
    const needed = names.filter((name) => {
      const program = wanted.find(({ debian }) => debian.includes(name))
      return !(program && ['chromium', 'firefox-esr', 'make', 'g++', 'python3'].includes(name) && isThere(program))
    })
    if (needed.length === 0) return []
    const prefix = await aptPrefix()
    if (prefix === null) return [`These Debian packages are missing: sudo apt-get install ${needed.join(' ')}`]
    await installDebian(prefix, needed)
    return []
  }
  return wanted.filter((program) => !isThere(program)).map(({ what, elsewhere }) => `${what} — ${elsewhere}`)
}
