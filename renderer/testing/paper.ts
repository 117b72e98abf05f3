import type { Browser } from 'playwright'

/** A tender of four pages with Chinese text, a table and a signing place, as an office program would export it. */
const tenderHtml = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>
@page { size: A4; margin: 25mm 22mm }
body { font: 12pt/1.9 'Noto Serif CJK SC', serif; color: #111 }
h1 { font-size: 24pt; text-align: center; margin: 40mm 0 12mm }
h2 { font-size: 15pt; break-before: page }
table { width: 100%; border-collapse: collapse } td, th { border: .6pt solid #333; padding: 4pt 8pt }
.sign { margin-top: 40mm; line-height: 2.4 }
</style>
<h1>投 标 文 件</h1><p style="text-align:center">项目名称：某市轨道交通三号线机电设备采购<br>项目编号：ZB-2026-1123</p>
<div class="sign">投标人：北京华建伟业工程咨询有限公司（盖章）<br>法定代表人或其委托代理人：＿＿＿＿＿＿（签字）<br>日期：2026 年 11 月 23 日</div>
<h2>一、投标函</h2><p>致：采购人。根据贵方招标文件，我方已详细审查全部内容，愿以人民币壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角的总价承担本项目的全部工作，工期一百八十日历天，质量达到国家验收合格标准。</p><p>我方承诺在投标有效期内不修改、撤销投标文件。</p>
<h2>二、报价表</h2><table><tr><th>序号</th><th>名称</th><th>数量</th><th>金额（元）</th></tr>
${Array.from({ length: 14 }, (_, index) => `<tr><td>${index + 1}</td><td>机电设备第 ${index + 1} 标段</td><td>${index * 3 + 2}</td><td style="text-align:right">${(881834.21 * (index + 1)).toLocaleString('en')}</td></tr>`).join('')}</table>
<h2>三、资格证明</h2><p>营业执照、资质证书、近三年业绩见附件。</p></html>`

export const tenderPdf = async (browser: Browser): Promise<Uint8Array> => {
  const page = await browser.newPage()
  try {
    await page.setContent(tenderHtml)
    return new Uint8Array(await page.pdf({ preferCSSPageSize: true }))
  } finally {
    await page.close()
  }
}

/** A PDF whose Chinese font is named, not embedded: pdf.js has to read a character map that ships with it. */
export const namedFontPdf = (): Uint8Array => {
  const text = 'BT /F1 28 Tf 60 700 Td <6295680765876b8f> Tj ET'
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${text.length}>>stream\n${text}\nendstream`,
    '<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>',
    '<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 7 0 R/DW 1000>>',
    '<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>',
  ]
  let body = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const offset = body.length
    body += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF`
  return new TextEncoder().encode(body)
}

const picture = async (browser: Browser, width: number, height: number, svg: string): Promise<Uint8Array> => {
  const page = await browser.newPage({ viewport: { width, height } })
  try {
    await page.setContent(`<style>body{margin:0}</style>${svg}`)
    return new Uint8Array(await page.screenshot({ omitBackground: true }))
  } finally {
    await page.close()
  }
}

export const roundSealPicture = (browser: Browser, name: string): Promise<Uint8Array> => {
  const characters = Array.from(name)
  const letters = characters
    .map((character, index) => {
      const angle = -135 + (270 / (characters.length - 1)) * index
      return `<text transform="rotate(${angle} 250 250) translate(250 92)" text-anchor="middle" font-size="46">${character}</text>`
    })
    .join('')
  const star = Array.from({ length: 10 }, (_, index) => {
    const radius = index % 2 === 0 ? 78 : 30
    const angle = (Math.PI / 5) * index - Math.PI / 2
    return `${250 + radius * Math.cos(angle)},${250 + radius * Math.sin(angle)}`
  }).join(' ')
  return picture(
    browser,
    500,
    500,
    `<svg width="500" height="500" fill="#c8161d" font-family="Noto Serif CJK SC"><circle cx="250" cy="250" r="236" fill="none" stroke="#c8161d" stroke-width="14"/>${letters}<polygon points="${star}"/></svg>`,
  )
}

export const squareSealPicture = (browser: Browser): Promise<Uint8Array> =>
  picture(
    browser,
    300,
    300,
    '<svg width="300" height="300" fill="#c8161d" font-family="Noto Serif CJK SC" font-size="120" font-weight="bold"><rect x="10" y="10" width="280" height="280" fill="none" stroke="#c8161d" stroke-width="14"/><text x="158" y="136">王</text><text x="158" y="262">建</text><text x="24" y="136">国</text><text x="24" y="262">印</text></svg>',
  )
