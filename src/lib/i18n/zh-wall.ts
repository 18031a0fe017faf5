export const zhWall = {} as const;
