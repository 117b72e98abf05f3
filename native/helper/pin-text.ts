/**
 * Runs one driver call with a PIN and overwrites the bytes afterwards. pkcs11js takes the PIN as a string only
 * (napi_string in C_Login, C_SetPIN, C_InitPIN), and a JavaScript string cannot be overwritten: it is made here, inside
 * the call, in the helper process alone, and is garbage when the call returns.
 */
export const withPinText = <T>(pin: Uint8Array, run: (text: string) => T): T => {
  try {
    return run(Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength).toString('utf8'))
  } finally {
    pin.fill(0)
  }
}
