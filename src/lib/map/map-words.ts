/** The few words that only the map itself says. */
export const mapWords = {
  zh: {
    title: '地图：方向键移动，加减号缩放',
    zoomIn: '放大',
    zoomOut: '缩小',
    north: '正北朝上',
    attribution: '地图数据来源',
    points: (count: number) => `${count} 个平安哨点`,
  },
  en: {
    title: 'Map: arrow keys move it, plus and minus zoom',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    north: 'North up',
    attribution: 'Map data sources',
    points: (count: number) => `${count} sentinel points`,
  },
} as const;
