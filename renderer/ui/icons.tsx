import Icon from '@ant-design/icons'
import type { ComponentProps } from 'react'

type Props = Omit<ComponentProps<typeof Icon>, 'component'>

const Stamp = () => (
  <svg viewBox="0 0 1024 1024" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="76">
    <path d="M400 560c0-110-62-128-62-240a174 174 0 0 1 348 0c0 112-62 130-62 240" />
    <path d="M190 720c0-90 60-160 150-160h344c90 0 150 70 150 160z" strokeLinejoin="round" />
    <path d="M170 880h684" />
  </svg>
)

const Key = () => (
  <svg viewBox="0 0 1024 1024" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="64">
    <rect x="292" y="330" width="440" height="600" rx="84" />
    <path d="M372 330V94h280v236" />
    <path d="M462 178v72M562 178v72" />
    <path d="M512 560v170" />
  </svg>
)

export const StampIcon = (props: Props) => <Icon component={Stamp} {...props} />
export const UsbKeyIcon = (props: Props) => <Icon component={Key} {...props} />
