import { startViewer } from '../features/viewer/viewer.ts'

startViewer(window.yzt)
