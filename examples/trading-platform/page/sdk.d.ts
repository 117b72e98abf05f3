/** Types of the copy of the SDK that this platform hosts as /sdk.js; a real platform keeps the published sdk.d.ts here. */
export * from '#bridge/sdk/sdk.ts'
