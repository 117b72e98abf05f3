import type { DriverEntry } from './driver-entry.ts'

export const openSourceDrivers: readonly DriverEntry[] = [
  {
    id: 'opensc',
    name: 'OpenSC',
    vendor: 'OpenSC Project',
    paths: {
      'win32-x64': ['{programs}\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll', '{system}\\opensc-pkcs11.dll'],
      'darwin-x64': ['/Library/OpenSC/lib/pkcs11/opensc-pkcs11.so'],
      'darwin-arm64': ['/Library/OpenSC/lib/pkcs11/opensc-pkcs11.so'],
      'linux-x64': ['{libraries}/opensc-pkcs11.so', '{libraries}/pkcs11/opensc-pkcs11.so'],
      'linux-arm64': ['{libraries}/opensc-pkcs11.so', '{libraries}/pkcs11/opensc-pkcs11.so'],
      'linux-loong64': ['{libraries}/opensc-pkcs11.so', '{libraries}/pkcs11/opensc-pkcs11.so'],
    },
    usb: [],
    atrs: [],
    source: 'OpenSC packages of Debian and the macOS installer; Fortify card.json 1.1.23 for Windows and macOS',
  },
  {
    id: 'softhsm2',
    name: 'SoftHSM2',
    vendor: 'OpenDNSSEC',
    paths: {
      'darwin-x64': ['/usr/local/lib/softhsm/libsofthsm2.so'],
      'darwin-arm64': ['/opt/homebrew/lib/softhsm/libsofthsm2.so'],
      'linux-x64': ['{libraries}/softhsm/libsofthsm2.so', '{libraries}/pkcs11/libsofthsm2.so'],
      'linux-arm64': ['{libraries}/softhsm/libsofthsm2.so', '{libraries}/pkcs11/libsofthsm2.so'],
      'linux-loong64': ['{libraries}/softhsm/libsofthsm2.so', '{libraries}/pkcs11/libsofthsm2.so'],
    },
    usb: [],
    atrs: [],
    source: 'Packages of Debian and Fedora, Homebrew formula softhsm',
  },
  {
    id: 'yubico',
    name: 'YubiKey PIV',
    vendor: 'Yubico',
    paths: {
      'win32-x64': ['{programs}\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll'],
      'darwin-x64': ['/usr/local/lib/libykcs11.dylib'],
      'darwin-arm64': ['/opt/homebrew/lib/libykcs11.dylib', '/usr/local/lib/libykcs11.dylib'],
      'linux-x64': ['{libraries}/libykcs11.so'],
      'linux-arm64': ['{libraries}/libykcs11.so'],
    },
    usb: [],
    atrs: [],
    source: 'yubico-piv-tool; file names also in Fortify card.json 1.1.23',
  },
]
