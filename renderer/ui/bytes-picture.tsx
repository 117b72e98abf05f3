import { useLayoutEffect, useRef, type CSSProperties } from 'react'

interface Props {
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly alt: string
  readonly className?: string
  readonly style?: CSSProperties
}

/** A picture from bytes: the browser keeps them under an address that is released with the element. */
export const BytesPicture = ({ bytes, mediaType, alt, className, style }: Props) => {
  const image = useRef<HTMLImageElement>(null)
  useLayoutEffect(() => {
    const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mediaType }))
    if (image.current) image.current.src = url
    return () => URL.revokeObjectURL(url)
  }, [bytes, mediaType])
  return <img ref={image} alt={alt} className={className} style={style} draggable={false} />
}
