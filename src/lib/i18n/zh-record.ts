export const zhRecord = {} as const;
