/** The channels behind calls and events: one each, so that the preload can refuse every other. Apart from the schemas, so
 * that no schema library ends up in a preload. */
export const callChannel = 'yzt:call'
export const eventChannel = 'yzt:event'
