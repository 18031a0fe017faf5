/** Who told of an incident. */
export const incidentSources = ['citizen', 'patrol', 'sentinel'] as const;
export type IncidentSource = (typeof incidentSources)[number];

/** Categories of the demo station with their labels; imported incidents bring their own. */
export const incidentCategories = {
  theft: { zh: '盗窃', en: 'Theft' },
  burglary: { zh: '入室盗窃', en: 'Burglary' },
  'bike-theft': { zh: '盗窃电动自行车', en: 'E-bike theft' },
  fraud: { zh: '诈骗', en: 'Fraud' },
  dispute: { zh: '纠纷', en: 'Dispute' },
  'domestic-dispute': { zh: '家庭纠纷', en: 'Domestic dispute' },
  fight: { zh: '打架斗殴', en: 'Fight' },
  'traffic-accident': { zh: '交通事故', en: 'Traffic accident' },
  'illegal-parking': { zh: '违停堵路', en: 'Blocked road' },
  noise: { zh: '噪音扰民', en: 'Noise' },
  assistance: { zh: '求助', en: 'Call for help' },
  'missing-person': { zh: '走失', en: 'Missing person' },
  'fire-hazard': { zh: '火灾隐患', en: 'Fire hazard' },
  drowning: { zh: '涉水警情', en: 'Water emergency' },
  drunkenness: { zh: '醉酒滋事', en: 'Drunkenness' },
} as const satisfies Record<string, { zh: string; en: string }>;
export type IncidentCategory = keyof typeof incidentCategories;
