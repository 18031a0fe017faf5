export const zhReplay = {} as const;
