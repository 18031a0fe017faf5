/** What the record tool is opened about to list what was withdrawn: no incident has such an id. */
export const withdrawnList = 'withdrawn';
