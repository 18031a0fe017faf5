import type { Random } from './random.ts';

export interface PlaceName {
  name: string;
  nameEn: string;
}

const first =
  '春Chun 花Hua 竹Zhu 梅Mei 兰Lan 松Song 柏Bai 云Yun 月Yue 星Xing 金Jin 玉Yu 清Qing 福Fu 安An 和He 平Ping 文Wen 德De 仁Ren 义Yi 礼Li 信Xin 荷He 枫Feng 芦Lu 桃Tao 杏Xing 翠Cui 丹Dan 锦Jin 庆Qing 永Yong 长Chang 景Jing 凤Feng 龙Long 鹤He 燕Yan 石Shi';
const second =
  '溪xi 河he 塘tang 桥qiao 井jing 园yuan 山shan 泉quan 林lin 阳yang 华hua 康kang 宁ning 乐le 湖hu 亭ting 台tai 坊fang 门men 渡du 洲zhou 岭ling 源yuan 望wang';

const syllables = (text: string): [sign: string, sound: string][] =>
  text.split(' ').map((entry) => [entry.slice(0, 1), entry.slice(1)]);

const streetKinds: Record<'road' | 'street' | 'lane' | 'country', [string, string][]> = {
  road: [['路', 'Road']],
  street: [
    ['路', 'Road'],
    ['街', 'Street'],
    ['街', 'Street'],
  ],
  lane: [
    ['巷', 'Lane'],
    ['巷', 'Lane'],
    ['弄', 'Alley'],
  ],
  country: [
    ['路', 'Road'],
    ['村路', 'Village Road'],
  ],
};

const compoundKinds: [string, string][] = [
  ['花园', 'Garden'],
  ['新村', 'New Village'],
  ['小区', 'Estate'],
  ['家园', 'Homes'],
  ['名苑', 'Court'],
  ['公寓', 'Apartments'],
  ['华庭', 'Mansions'],
  ['里', 'Terrace'],
];

/** Invented names, each given once. */
export class PlaceNames {
  #stems: [string, string][];
  #random: Random;

  constructor(random: Random) {
    this.#random = random;
    const pairs = syllables(first).flatMap(([sign, sound]) =>
      syllables(second).map(([nextSign, nextSound]): [string, string] => [sign + nextSign, sound + nextSound]),
    );
    this.#stems = random.shuffle(pairs);
  }

  street(kind: keyof typeof streetKinds): PlaceName {
    return this.#name(streetKinds[kind]);
  }

  compound(): PlaceName {
    return this.#name(compoundKinds);
  }

  village(): PlaceName {
    return this.#name([['村', 'Village']]);
  }

  #name(kinds: readonly [string, string][]): PlaceName {
    const stem = this.#stems.pop();
    if (!stem) throw new RangeError('all invented names are given; add syllables');
    const [suffix, suffixEn] = this.#random.pick(kinds);
    return { name: stem[0] + suffix, nameEn: `${stem[1]} ${suffixEn}` };
  }
}
