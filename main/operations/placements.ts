import type { PlacedSeal } from '#contract/client.ts'
import { AppError } from '#contract/errors.ts'
import type { Placement } from '#contract/operations.ts'
import type { PageSize } from '../documents/pdf-service.ts'

export interface PlacementContext {
  readonly pageCount: number
  readonly sizeOf: (page: number) => PageSize
  /** The seal's own size, mm. */
  readonly seal: { readonly widthMm: number; readonly heightMm: number }
}

/** A slice narrower than this tells nothing about the page it is on. */
const MIN_SLICE_MM = 2
/** Rounding of page sizes given in points. */
const TOLERANCE_MM = 0.01

type Rectangle = Extract<Placement, { kind: 'rectangle' }>
type Straddle = Extract<Placement, { kind: 'straddle' }>

const absolutePage = (page: number, pageCount: number): number => {
  const absolute = page < 0 ? pageCount + 1 + page : page
  if (absolute < 1 || absolute > pageCount) throw new AppError('document.placement_outside', { page, pageCount })
  return absolute
}

const checkInside = (placed: PlacedSeal, { width, height }: PageSize): PlacedSeal => {
  const isInside =
    placed.x >= -TOLERANCE_MM &&
    placed.y >= -TOLERANCE_MM &&
    placed.x + placed.width <= width + TOLERANCE_MM &&
    placed.y + placed.height <= height + TOLERANCE_MM
  if (!isInside) throw new AppError('document.placement_outside', { page: placed.page })
  return placed
}

const placeRectangle = ({ page, x, y, width, height }: Rectangle, context: PlacementContext): PlacedSeal => {
  const absolute = absolutePage(page, context.pageCount)
  const { widthMm, heightMm } = context.seal
  const ratio = heightMm / widthMm
  // One side given: the other follows, so that the seal is never distorted by accident.
  const placed = {
    page: absolute,
    x,
    y,
    width: width ?? (height === undefined ? widthMm : height / ratio),
    height: height ?? (width === undefined ? heightMm : width * ratio),
    slice: null,
  }
  return checkInside(placed, context.sizeOf(absolute))
}

/** Sizes of groups that differ by one at most, none larger than `largest`. */
const evenGroups = (count: number, largest: number): number[] => {
  const groups = Math.ceil(count / largest)
  return Array.from({ length: groups }, (_, index) => Math.floor((count + index) / groups))
}

/** 骑缝章: slices of one seal at the right edges, left slice first; a thick document gets one seal for each group of pages. */
const placeStraddle = ({ firstPage, lastPage, y }: Straddle, context: PlacementContext): PlacedSeal[] => {
  const first = absolutePage(firstPage, context.pageCount)
  const last = absolutePage(lastPage ?? context.pageCount, context.pageCount)
  if (last < first) throw new AppError('document.placement_outside', { page: last, pageCount: context.pageCount })
  const { widthMm, heightMm } = context.seal
  const groups = evenGroups(last - first + 1, Math.max(1, Math.floor(widthMm / MIN_SLICE_MM)))
  let page = first
  return groups.flatMap((size) =>
    Array.from({ length: size }, (_, index) => {
      const current = page
      page += 1
      const width = widthMm / size
      const pageSize = context.sizeOf(current)
      const placed = {
        page: current,
        x: pageSize.width - width,
        y,
        width,
        height: heightMm,
        slice: { left: index / size, right: (index + 1) / size },
      }
      return checkInside(placed, pageSize)
    }),
  )
}

/** One list for the preview and for the signer (R10). Throws document.placement_outside. */
export const resolvePlacements = (placements: readonly Placement[], context: PlacementContext): PlacedSeal[] =>
  placements.flatMap((placement) =>
    placement.kind === 'rectangle' ? [placeRectangle(placement, context)] : placeStraddle(placement, context),
  )

/** The pages whose size must be known before `resolvePlacements`. */
export const pagesOf = (placements: readonly Placement[]): 'all' | number[] =>
  placements.some(({ kind }) => kind === 'straddle')
    ? 'all'
    : [...new Set([1, ...placements.flatMap((placement) => (placement.kind === 'rectangle' ? [placement.page] : []))])]
