/** What the desk's tools say, and how they are called. */
export const zhDesk = {
  'desk.tools': '工具',
  'desk.close': '关闭{{tool}}',
} as const;
