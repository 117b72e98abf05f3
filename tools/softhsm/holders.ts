/** Invented people and companies for the demo tokens. The credit codes carry a valid check character (GB 32100-2015). */
const COMPANIES = [
  { name: '张三', organization: '华北建设工程有限公司', province: '河北省', base: '91130100MA0DEM001' },
  { name: '李四', organization: '江南市政建设集团有限责任公司', province: '江苏省', base: '91320100MA0DEM002' },
  { name: '王五', organization: '岭南水务设备（广州）有限公司', province: '广东省', base: '91440100MA0DEM003' },
  { name: '赵六', organization: '西部路桥勘察设计研究院有限公司', province: '四川省', base: '91510100MA0DEM004' },
] as const

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** GB 32100-2015 §4.2.5: C18 = 31 − (Σ Ci·Wi mod 31), 31 → 0. */
export const creditCodeOf = (base: string): string => {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * ALPHABET.indexOf(base.charAt(index)), 0)
  return base + ALPHABET.charAt((31 - (sum % 31)) % 31)
}

export interface Holder {
  readonly name: string
  readonly organization: string
  readonly province: string
  readonly creditCode: string
}

/** The holder of the n-th demo token; after the last company they begin again with a number behind the name. */
export const holders = (index: number): Holder => {
  const round = Math.floor(index / COMPANIES.length)
  const { name, organization, province, base } = COMPANIES[index % COMPANIES.length] ?? COMPANIES[0]
  const suffix = round === 0 ? '' : String(round + 1)
  return { name: name + suffix, organization, province, creditCode: creditCodeOf(base) }
}
