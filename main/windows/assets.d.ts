/** Vite's: the file as a data: address. */
declare module '*?inline' {
  const url: string
  export default url
}
