/** Made by build-dist.mjs: page scripts as text, and the version the distribution says it is. */
declare module 'virtual:page/main-world' {
  const source: string
  export default source
}
declare module 'virtual:page/preload-world' {
  const source: string
  export default source
}
declare module 'virtual:electron/version' {
  const version: string
  export default version
}
