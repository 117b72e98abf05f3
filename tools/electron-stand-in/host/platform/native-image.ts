import { readFileSync } from 'node:fs'
import type * as Electron from 'electron'
import { guardClass } from '../guard.ts'

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** An image as its PNG bytes: enough to carry icons and screenshots. It decodes nothing. */
export class NativeImage {
  private readonly png: Buffer
  private readonly factors = [1]
  private isTemplate = false

  constructor(png: Buffer) {
    this.png = png
  }

  static fromPng(bytes: Buffer): NativeImage {
    // Electron answers bytes it cannot read with an empty image.
    return new NativeImage(bytes.subarray(0, 8).equals(PNG_SIGNATURE) ? bytes : Buffer.alloc(0))
  }

  isEmpty(): boolean {
    return this.png.length === 0
  }

  getSize(): Electron.Size {
    if (this.isEmpty()) return { width: 0, height: 0 }
    return { width: this.png.readUInt32BE(16), height: this.png.readUInt32BE(20) }
  }

  getAspectRatio(): number {
    const { width, height } = this.getSize()
    return height === 0 ? 1 : width / height
  }

  toPNG(): Buffer {
    return Buffer.from(this.png)
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.png.toString('base64')}`
  }

  /** Another resolution of the same picture; what is read is always the first. */
  addRepresentation({ scaleFactor = 1 }: Electron.AddRepresentationOptions): void {
    if (!this.factors.includes(scaleFactor)) this.factors.push(scaleFactor)
  }

  getScaleFactors(): number[] {
    return [...this.factors]
  }

  setTemplateImage(option: boolean): void {
    this.isTemplate = option
  }

  isTemplateImage(): boolean {
    return this.isTemplate
  }
}

guardClass(NativeImage, 'NativeImage')

export const nativeImage = {
  createEmpty: () => NativeImage.fromPng(Buffer.alloc(0)),
  createFromPath(path: string) {
    try {
      return NativeImage.fromPng(readFileSync(path))
    } catch (error) {
      // As in Electron: a missing file makes an empty image.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NativeImage.fromPng(Buffer.alloc(0))
      throw error
    }
  },
  createFromBuffer: (buffer: Buffer) => NativeImage.fromPng(buffer),
  createFromDataURL: (url: string) => NativeImage.fromPng(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
}
