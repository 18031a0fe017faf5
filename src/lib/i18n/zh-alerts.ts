export const zhAlerts = {} as const;
