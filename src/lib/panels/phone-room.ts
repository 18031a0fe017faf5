/** How long a phone's map takes to make room for details, ms; a flight begun before would be cut off by it. */
export const roomMs = 300;
