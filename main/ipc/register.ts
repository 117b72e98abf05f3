import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import { callChannel } from '#contract/ipc-channels.ts'
import { kindOf } from '../windows/secure-window.ts'
import { createDispatch, type DispatchPorts, type Sender } from './dispatch.ts'

/** `senderFrame` is null when the frame navigated or went away before main looked (Electron 45). */
const senderOf = ({ sender, senderFrame }: IpcMainInvokeEvent): Sender => ({
  kind: kindOf(sender),
  isTopFrame: senderFrame !== null && senderFrame.parent === null,
  url: senderFrame?.url ?? null,
})

/** The one channel by which windows call main. */
export const registerIpc = (ports: DispatchPorts): void => {
  const dispatch = createDispatch(ports)
  ipcMain.handle(callChannel, (event, request: unknown) => dispatch(request, senderOf(event)))
}
