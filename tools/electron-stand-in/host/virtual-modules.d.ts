/** Made by build-dist.mjs: page scripts as text, and the version the distribution says it is. */
declare module 'page:main-world' {
  const source: string
  export default source
}
declare module 'page:preload-world' {
  const source: string
  export default source
}
declare module 'electron:version' {
  const version: string
  export default version
}
