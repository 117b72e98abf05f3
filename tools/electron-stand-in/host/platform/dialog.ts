import type * as Electron from 'electron'
import { guardObject } from '../guard.ts'
import { note } from '../log.ts'
import { findTool, hasDisplay, runTool } from './desktop-tools.ts'

interface Answer {
  method: string
  result: unknown
}

/**
 * Who answers: ELECTRON_STAND_IN_DIALOGS, a JSON array of `{ method, result }` used up in order; else zenity on a
 * display; else the dialog is cancelled. Tests may also replace the functions, as they would on Electron.
 */
const answers = JSON.parse(process.env.ELECTRON_STAND_IN_DIALOGS ?? '[]') as Answer[]

function prepared(method: string): unknown {
  const index = answers.findIndex((answer) => answer.method === method)
  return index < 0 ? undefined : answers.splice(index, 1)[0]?.result
}

/** Both forms of Electron's calls: `(options)` and `(window, options)`. */
const optionsOf = (args: unknown[]): unknown => (args.length > 1 ? args[1] : args[0])

async function zenity(args: string[]): Promise<{ code: number; output: string } | null> {
  const tool = hasDisplay() ? findTool('zenity') : null
  if (tool) return runTool(tool, args)
  note('a dialog was cancelled: there is neither a prepared answer nor zenity on a display')
  return null
}

function fileArguments(options: Electron.OpenDialogOptions | Electron.SaveDialogOptions): string[] {
  const filters = (options.filters ?? []).map(({ name, extensions }) => {
    const patterns = extensions.map((extension) => (extension === '*' ? '*' : `*.${extension}`))
    return `--file-filter=${name} | ${patterns.join(' ')}`
  })
  return [
    '--file-selection',
    ...(options.title ? [`--title=${options.title}`] : []),
    ...(options.defaultPath ? [`--filename=${options.defaultPath}`] : []),
    ...filters,
  ]
}

async function showOpenDialog(...args: unknown[]): Promise<Electron.OpenDialogReturnValue> {
  const answer = prepared('showOpenDialog')
  if (answer) return answer as Electron.OpenDialogReturnValue
  const options = optionsOf(args) as Electron.OpenDialogOptions
  const properties = options.properties ?? []
  const result = await zenity([
    ...fileArguments(options),
    ...(properties.includes('openDirectory') ? ['--directory'] : []),
    ...(properties.includes('multiSelections') ? ['--multiple', '--separator=\n'] : []),
  ])
  if (result?.code !== 0) return { canceled: true, filePaths: [] }
  return { canceled: false, filePaths: result.output.split('\n').filter((path) => path !== '') }
}

async function showSaveDialog(...args: unknown[]): Promise<Electron.SaveDialogReturnValue> {
  const answer = prepared('showSaveDialog')
  if (answer) return answer as Electron.SaveDialogReturnValue
  const options = optionsOf(args) as Electron.SaveDialogOptions
  const result = await zenity([...fileArguments(options), '--save', '--confirm-overwrite'])
  if (result?.code !== 0) return { canceled: true, filePath: '' }
  return { canceled: false, filePath: result.output.trim() }
}

async function showMessageBox(...args: unknown[]): Promise<Electron.MessageBoxReturnValue> {
  const answer = prepared('showMessageBox')
  if (answer) return answer as Electron.MessageBoxReturnValue
  const {
    message,
    detail,
    title,
    buttons = ['OK'],
    defaultId = 0,
    cancelId,
  } = optionsOf(args) as Electron.MessageBoxOptions
  const cancelled =
    cancelId ??
    Math.max(
      0,
      buttons.findIndex((label) => /^(cancel|no)$/i.test(label)),
    )
  const words = [`--title=${title ?? ''}`, `--text=${[message, detail].filter(Boolean).join('\n\n')}`, '--no-markup']
  const others = buttons.filter((_, index) => index !== defaultId && index !== cancelled)
  const result = await zenity(
    buttons.length < 2
      ? ['--info', ...words, `--ok-label=${buttons[0] ?? 'OK'}`]
      : [
          '--question',
          ...words,
          `--ok-label=${buttons[defaultId] ?? ''}`,
          `--cancel-label=${buttons[cancelled] ?? ''}`,
          ...others.map((label) => `--extra-button=${label}`),
        ],
  )
  const extra = buttons.indexOf(result?.output.trim() ?? '')
  return {
    response: result?.code === 0 ? defaultId : Math.max(extra, -1) < 0 ? cancelled : extra,
    checkboxChecked: false,
  }
}

function showErrorBox(title: string, content: string): void {
  process.stderr.write(`${title}\n${content}\n`)
  void zenity(['--error', `--title=${title}`, `--text=${content}`, '--no-markup'])
}

export const dialog = guardObject({ showOpenDialog, showSaveDialog, showMessageBox, showErrorBox }, 'dialog')
