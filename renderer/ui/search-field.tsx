import { SearchOutlined } from '@ant-design/icons'
import { Input } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { useSearchState } from './use-search-state.ts'

/**
 * The search words of a list, kept in the address as `q`. What is typed stands here at once: the router answers later
 * than a person types. An input method writes when it has composed. A change of the address that was not written here,
 * such as a cleared filter, is taken over.
 */
export const SearchField = ({ placeholder }: { readonly placeholder: string }) => {
  const { t } = useTranslation()
  const id = useId()
  const location = useLocation()
  const [address, setAddress] = useSearchState('q')
  const [text, setText] = useState(address)
  const [taken, setTaken] = useState(location.key)

  if (location.state !== id && location.key !== taken) {
    setTaken(location.key)
    setText(address)
  }
  const write = (value: string) => {
    setText(value)
    setAddress(value, id)
  }

  return (
    <Input
      allowClear
      className="search"
      prefix={<SearchOutlined aria-hidden />}
      value={text}
      aria-label={t('common.search')}
      placeholder={placeholder}
      onChange={({ target, nativeEvent }) => {
        if ('isComposing' in nativeEvent && nativeEvent.isComposing === true) setText(target.value)
        else write(target.value)
      }}
      onCompositionEnd={({ currentTarget }) => write(currentTarget.value)}
    />
  )
}
