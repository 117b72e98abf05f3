export const zhCn = { product: { name: '中标一证通' }, common: { loading: '正在读取……' } }
