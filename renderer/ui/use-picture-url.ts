import { useEffect, useState } from 'react'

/** An address for picture bytes, released when they change. */
export const usePictureUrl = (bytes: Uint8Array | undefined, mediaType: string | undefined): string | undefined => {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (!bytes || mediaType === undefined) return
    const made = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mediaType }))
    setUrl(made)
    return () => {
      URL.revokeObjectURL(made)
      setUrl(undefined)
    }
  }, [bytes, mediaType])
  return url
}
