/** The same keys with any text: what a second language has to provide. */
export type Translation<Source> = {
  readonly [Key in keyof Source]: Source[Key] extends string
    ? string
    : Source[Key] extends readonly string[]
      ? readonly string[]
      : Translation<Source[Key]>
}
