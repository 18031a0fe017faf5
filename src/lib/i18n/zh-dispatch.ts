export const zhDispatch = {} as const;
