import type { IncidentCategory } from '../../incidents/contract.ts';
import type { BlockUse } from './town.ts';

/** When and where incidents of one category happen; weights, not counts. */
export interface IncidentPattern {
  share: number;
  /** By hour of the day: weights of 0–2, 3–5, … 21–23 o'clock. */
  hours: readonly [number, number, number, number, number, number, number, number];
  /** Weight of Saturday and Sunday against a workday. */
  weekend: number;
  /** Month of the peak (1–12) and how far it rises above the mean; 0: the same all year. */
  season: { month: number; rise: number };
  /** Where by the use of the block; what is not named counts 0. `street`: on streets, more so at junctions. */
  places: Partial<Record<BlockUse | 'street' | 'river', number>>;
  /** Share of citizens' calls, patrols and sentinel points. */
  sources: readonly [citizen: number, patrol: number, sentinel: number];
  /** Chance that one follows an earlier one nearby within two weeks (near repeats: Johnson and Bowers, 2004). */
  repeats: number;
  texts: readonly string[];
}

export const incidentPatterns: Record<IncidentCategory, IncidentPattern> = {
  theft: {
    share: 0.1,
    hours: [3, 2, 4, 8, 8, 9, 9, 6],
    weekend: 1.25,
    season: { month: 1, rise: 0.25 },
    places: { market: 44, square: 30, railway: 22, bus: 22, shops: 1.6, lanes: 1.2, bars: 9, hospital: 6, offices: 1 },
    sources: [0.9, 0.05, 0.05],
    repeats: 0.12,
    texts: ['手机被扒窃', '店内物品被盗', '包内财物被盗'],
  },
  burglary: {
    share: 0.025,
    hours: [7, 9, 2, 5, 5, 5, 4, 4],
    weekend: 0.9,
    season: { month: 1, rise: 0.45 },
    places: { compound: 2.2, cottages: 2.4, lanes: 0.7, shops: 0.8 },
    sources: [0.93, 0.02, 0.05],
    repeats: 0.3,
    texts: ['家中被盗', '门锁被撬', '夜间入室盗窃'],
  },
  'bike-theft': {
    share: 0.065,
    hours: [6, 4, 4, 5, 5, 6, 7, 7],
    weekend: 1,
    season: { month: 6, rise: 0.3 },
    places: { compound: 2, cottages: 1.8, shops: 1.2, market: 12, hospital: 10, railway: 8, bus: 9, school: 3 },
    sources: [0.93, 0.03, 0.04],
    repeats: 0.2,
    texts: ['电动自行车被盗', '电瓶被盗', '停车棚内车辆被盗'],
  },
  fraud: {
    share: 0.09,
    hours: [1, 0.3, 2, 9, 9, 10, 8, 5],
    weekend: 0.8,
    season: { month: 11, rise: 0.2 },
    places: { compound: 2.4, cottages: 1.2, offices: 1.6, shops: 1, lanes: 0.6, school: 1.5 },
    sources: [0.96, 0.01, 0.03],
    repeats: 0.04,
    texts: ['冒充客服诈骗', '刷单返利诈骗', '冒充熟人诈骗', '投资理财诈骗'],
  },
  dispute: {
    share: 0.16,
    hours: [2, 1, 4, 9, 9, 9, 9, 6],
    weekend: 1.05,
    season: { month: 8, rise: 0.12 },
    places: {
      market: 22,
      shops: 1.9,
      lanes: 1.3,
      compound: 1.2,
      hospital: 9,
      offices: 1.1,
      bars: 5,
      works: 0.6,
      bus: 4,
      street: 0.01,
    },
    sources: [0.84, 0.06, 0.1],
    repeats: 0.1,
    texts: ['消费纠纷', '邻里纠纷', '劳资纠纷', '停车引发纠纷', '租房纠纷'],
  },
  'domestic-dispute': {
    share: 0.06,
    hours: [5, 2, 3, 4, 5, 5, 9, 11],
    weekend: 1.3,
    season: { month: 2, rise: 0.25 },
    places: { compound: 2.2, cottages: 2.2, lanes: 0.8 },
    sources: [0.88, 0.01, 0.11],
    repeats: 0.25,
    texts: ['夫妻争吵', '家庭成员争执', '老人与子女纠纷'],
  },
  fight: {
    share: 0.045,
    hours: [16, 6, 1, 1.5, 2, 3, 6, 15],
    weekend: 1.9,
    season: { month: 7, rise: 0.4 },
    places: { bars: 120, shops: 1, square: 14, lanes: 0.9, railway: 5, market: 6, school: 1.5 },
    sources: [0.74, 0.18, 0.08],
    repeats: 0.1,
    texts: ['酒后斗殴', '多人推搡', '口角引发打架'],
  },
  'traffic-accident': {
    share: 0.15,
    hours: [1.5, 1, 8, 11, 8, 9, 14, 5],
    weekend: 0.8,
    season: { month: 12, rise: 0.15 },
    places: { street: 1 },
    sources: [0.9, 0.09, 0.01],
    repeats: 0,
    texts: ['两车追尾', '电动车与轿车刮擦', '行人被剐蹭', '转弯碰撞'],
  },
  'illegal-parking': {
    share: 0.06,
    hours: [0.5, 0.5, 6, 9, 7, 9, 11, 5],
    weekend: 1.1,
    season: { month: 10, rise: 0.1 },
    places: { school: 16, hospital: 22, market: 18, compound: 1, shops: 1.2, square: 9, street: 0.01 },
    sources: [0.7, 0.22, 0.08],
    repeats: 0.15,
    texts: ['车辆堵塞出入口', '占用消防通道', '校门口违停'],
  },
  noise: {
    share: 0.075,
    hours: [12, 5, 2, 2.5, 3, 2.5, 6, 16],
    weekend: 1.4,
    season: { month: 7, rise: 0.6 },
    places: { bars: 70, compound: 1.5, square: 16, park: 10, cottages: 1, works: 1, lanes: 0.6 },
    sources: [0.93, 0.03, 0.04],
    repeats: 0.3,
    texts: ['广场舞音响扰民', '夜间施工噪音', '商家音响扰民', '邻居深夜吵闹'],
  },
  assistance: {
    share: 0.11,
    hours: [3, 2, 6, 8, 7, 8, 8, 6],
    weekend: 1.05,
    season: { month: 1, rise: 0.1 },
    places: {
      compound: 1.8,
      lanes: 1,
      cottages: 1.2,
      railway: 12,
      bus: 12,
      square: 7,
      hospital: 8,
      park: 3,
      shops: 0.7,
    },
    sources: [0.8, 0.08, 0.12],
    repeats: 0.03,
    texts: ['老人摔倒求助', '钥匙遗失', '物品遗失', '群众求助开门', '突发疾病'],
  },
  'missing-person': {
    share: 0.015,
    hours: [1, 1, 4, 8, 7, 10, 10, 4],
    weekend: 1.2,
    season: { month: 5, rise: 0.1 },
    places: { park: 9, market: 9, railway: 8, square: 8, compound: 1.2, lanes: 1, hospital: 5 },
    sources: [0.86, 0.06, 0.08],
    repeats: 0.02,
    texts: ['老人走失', '儿童与家人走散', '智力障碍者走失'],
  },
  'fire-hazard': {
    share: 0.025,
    hours: [2, 1, 4, 9, 9, 9, 7, 4],
    weekend: 0.8,
    season: { month: 12, rise: 0.5 },
    places: { lanes: 1.6, cottages: 2, works: 2.2, compound: 1.2, market: 9, shops: 0.9 },
    sources: [0.4, 0.22, 0.38],
    repeats: 0.1,
    texts: ['楼道堆放杂物', '电动车飞线充电', '消防通道堵塞', '烟感报警'],
  },
  drowning: {
    share: 0.004,
    hours: [2, 1, 2, 3, 6, 14, 14, 5],
    weekend: 1.5,
    season: { month: 7, rise: 0.95 },
    places: { river: 8, park: 2 },
    sources: [0.7, 0.2, 0.1],
    repeats: 0,
    texts: ['有人落水', '野泳劝阻', '儿童在河边戏水'],
  },
  drunkenness: {
    share: 0.016,
    hours: [18, 7, 1, 0.5, 2, 1, 4, 14],
    weekend: 1.8,
    season: { month: 2, rise: 0.2 },
    places: { bars: 110, shops: 0.8, square: 9, lanes: 0.8, compound: 0.4 },
    sources: [0.7, 0.25, 0.05],
    repeats: 0.05,
    texts: ['醉酒人员倒地', '酒后滋事', '醉酒拒付车费'],
  },
};
