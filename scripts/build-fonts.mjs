// Cuts the Chinese font to size before Vite bundles it: one small file per weight with what the screen itself says,
// one with the names people are likely to have, and the rest in slices that a browser fetches only for a character it
// meets. Written to .svelte-kit/fonts, as style sheets for the page and as faces.js for the labels of the map; does
// nothing when nothing changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import subsetFont from 'subset-font';

const root = join(import.meta.dirname, '..');
const source = join(root, 'node_modules/@fontsource/noto-sans-sc');
const out = join(root, '.svelte-kit/fonts');

/**
 * Regular and semi-bold are all the screen uses; the local names are those of Google's and Adobe's packages, the map's
 * name is what the style of the base map calls it.
 */
const weights = [
  {
    weight: 400,
    mapName: 'Noto Sans SC',
    local: ['Noto Sans SC Regular', 'NotoSansSC-Regular', 'Noto Sans CJK SC Regular', 'Noto Sans CJK SC'],
  },
  { weight: 600, mapName: 'Noto Sans SC Semibold', local: ['Noto Sans SC SemiBold', 'NotoSansSC-SemiBold'] },
];

const ascii = String.fromCodePoint(...Array.from({ length: 95 }, (_, i) => 32 + i));
/** What Intl writes into Chinese times and measures, and marks of both languages. */
const intl = '年月日时分秒钟天小周星期一二三四五六七八九十上下午公里米度百';
const marks = '…—–·×±°“”‘’、。，：；！？（）《》〈〉【】「」％→←↑↓−≥≤©';
/** The hundred commonest surnames and what is common in given names and addresses. */
const names =
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文' +
  '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国志玲梅玉红鹏宇浩然子轩欣怡梓涵晨佳慧雪莹琳婷丹倩颖露斌波辉鑫健俊峰飞凯旭东海山河春秋冬云月阳光祥瑞福禄寿喜庆安康宁和顺昌盛兴隆' +
  '省市县区镇乡村街道路巷弄里号栋幢单元室层楼东西南北中前后左右内外新老大学校医院幼儿园公园广场花苑庭府邸城湾湖桥站港码头商场超市银行酒店宾馆大厦中心小区社区居委会物业派出所警务消防';

const read = (path) => readFileSync(join(root, path), 'utf8');
const filesIn = (directory, { recursive = true } = {}) =>
  existsSync(join(root, directory))
    ? readdirSync(join(root, directory), { recursive })
        .filter((name) => /\.(ts|svelte)$/.test(name))
        .map((name) => read(join(directory, name)))
    : [];
const unique = (text) => [...new Set(text)].filter((character) => character >= ' ').sort();
const isHan = (character) => /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]/.test(character);

/** The sentences of a language file by how long they are: headings and labels are short, what went wrong is long. */
const sentencesOf = (file) =>
  [...read(`src/lib/i18n/${file}.ts`).matchAll(/^ {2}'([\w.-]+)':\s+'([^']*)',$/gm)].map(([, key, text]) => ({
    key,
    text,
  }));
const sentences = sentencesOf('zh');
/** What nobody sees before they asked for it, or before something went wrong. */
const later =
  /^(problem|failure|empty|update|reason|shortcuts|equipment|role|accountRole|notForAccount|ownUnit|inspector|table|grid|incident)\.|^(signOut\.failed|search\.(nothing|failed)|sentinel\.(?!kind)|unit\.(track|no))/;
const said = (length) =>
  sentences
    .filter(({ key, text }) => text.length <= length && !later.test(key))
    .map(({ text }) => text)
    .join('');
const languageFiles = readdirSync(join(root, 'src/lib/i18n')).filter((name) => /^zh(-\w+)?\.ts$/.test(name));
const messages = languageFiles.flatMap((name) => sentencesOf(name.slice(0, -'.ts'.length))).map(({ text }) => text);
/** What rooms say besides comes with them. */
const everywhere = [ascii, intl, marks, ...filesIn('src/lib/panels', { recursive: false })].join('');
/**
 * The first visit fetches what the screen shows at once; a long sentence comes when something went wrong, and strong
 * type is for headings and labels. Their other characters are among the likely ones.
 */
const coreOf = { 400: unique(said(18) + everywhere), 600: unique(said(10) + everywhere) };
const likely = unique(
  [names, ...messages, ...filesIn('src/lib/panels'), ...filesIn('api/stations/demo'), ...filesIn('tiles')].join(''),
).filter(isHan);

/** "U+4e00-4e02,U+4e10" of a set of code points. */
function toRange(codePoints) {
  const sorted = [...codePoints].sort((a, b) => a - b);
  const runs = [];
  for (const point of sorted) {
    const last = runs.at(-1);
    if (last && point === last[1] + 1) last[1] = point;
    else runs.push([point, point]);
  }
  return runs.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ''}`).join(',');
}

const fromRange = (range) =>
  range.split(',').flatMap((part) => {
    const [from, to = from] = part
      .trim()
      .slice(2)
      .split('-')
      .map((hex) => parseInt(hex, 16));
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });

const face = ({ weight, local }, url, range) => `@font-face {
  font-family: 'Noto Sans SC';
  font-style: normal;
  font-weight: ${weight};
  font-display: swap;
  src: ${[...local.map((name) => `local('${name}')`), `url('${url}') format('woff2')`].join(', ')};
  unicode-range: ${range};
}
`;

const key = createHash('sha256')
  .update(readFileSync(import.meta.filename))
  .update(readFileSync(join(source, 'package.json')))
  .update(JSON.stringify([coreOf, likely]))
  .digest('hex');
const keyPath = join(out, 'key');
if (existsSync(keyPath) && readFileSync(keyPath, 'utf8') === key) process.exit(0);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const points = (characters) => characters.map((character) => character.codePointAt(0));
let coreCss = '';
let restCss = '';
/** What faces.js says: the slices of unicode.json stand there once, whichever weights they come in. */
const imports = [];
const faceOf = (url, range) => {
  imports.push(`import file${imports.length} from '${url}?url';`);
  return `{ url: file${imports.length - 1}, 'unicode-range': ${range} }`;
};
const slices = Object.entries(JSON.parse(readFileSync(join(source, 'unicode.json'), 'utf8')));
const facesByName = [];
for (const each of weights) {
  const faces = [];
  const core = coreOf[each.weight];
  const more = likely.filter((character) => !core.includes(character));
  for (const [name, file, characters] of [
    ['latin', 'latin', core.filter((character) => !isHan(character))],
    ['core', 'chinese-simplified', core.filter(isHan)],
    ['likely', 'chinese-simplified', more],
  ]) {
    const whole = readFileSync(join(source, `files/noto-sans-sc-${file}-${each.weight}-normal.woff2`));
    const cut = await subsetFont(whole, characters.join(''), { targetFormat: 'woff2' });
    writeFileSync(join(out, `${name}-${each.weight}.woff2`), cut);
    const range = toRange(points(characters));
    coreCss += face(each, `./${name}-${each.weight}.woff2`, range);
    faces.push(faceOf(`./${name}-${each.weight}.woff2`, `'${range}'.split(',')`));
    process.stdout.write(
      `font ${each.weight} ${name}: ${characters.length} characters, ${(cut.length / 1000).toFixed(1)} kB\n`,
    );
  }
  const covered = new Set(points([...core, ...more]));
  for (const [index, [slice, range]] of slices.entries()) {
    const left = fromRange(range).filter((point) => !covered.has(point));
    const name = slice.replace(/[[\]]/g, '');
    const url = relative(out, join(source, `files/noto-sans-sc-${name}-${each.weight}-normal.woff2`)).replaceAll(
      '\\',
      '/',
    );
    if (left.length === 0) continue;
    restCss += face(each, url, toRange(left));
    // The first file that has a character draws it, so the slice need not leave out what the small files hold.
    faces.push(faceOf(url, `slices[${index}]`));
  }
  facesByName.push(`  '${each.mapName}': [\n    ${faces.join(',\n    ')},\n  ],\n`);
}
writeFileSync(join(out, 'core.css'), coreCss);
writeFileSync(join(out, 'rest.css'), restCss);
writeFileSync(
  join(out, 'faces.js'),
  `${imports.join('\n')}
const slices = ${JSON.stringify(slices.map(([, range]) => range))}.map((range) => range.split(','));
export const fontFaces = {
${facesByName.join('')}};
`,
);
mkdirSync(dirname(keyPath), { recursive: true });
writeFileSync(keyPath, key);
