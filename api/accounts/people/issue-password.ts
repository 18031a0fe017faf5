import { randomInt } from 'node:crypto';

/** Without 0, 1, i, l and o, which are misread from paper. */
const signs = '23456789abcdefghjkmnpqrstuvwxyz';

/** 20 signs of 31, 99 bits, in groups for reading aloud: `k7mfx-3xqpd-9wtde-hn4cb`. */
export const makePassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => signs[randomInt(signs.length)]).join('')).join('-');
