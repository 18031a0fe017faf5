const dayMs = 86_400_000;
const halfHourMs = 1_800_000;

/** Hour 0–23 and weekday 0–6, Monday first, on the clocks of a place. */
export interface LocalHour {
  hour: number;
  weekday: number;
}

/**
 * Tells local hours of very many moments of one time zone. Intl answers some thousand times a second, so it is asked
 * twice a day, and each half hour of those days on which the clocks change.
 */
export class LocalHours {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();
  /** Of whole UTC days; undefined inside: the clocks change on it. */
  readonly #days = new Map<number, number | undefined>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
  }

  /** Hour in bits 0–4, weekday in bits 5–7. */
  packed(atMs: number): number {
    const localMs = atMs + this.offsetMs(atMs);
    const days = Math.floor(localMs / dayMs);
    const hour = Math.floor((localMs - days * dayMs) / 3_600_000);
    // 1 January 1970 was a Thursday.
    return hour | (((((days + 3) % 7) + 7) % 7) << 5);
  }

  read(atMs: number): LocalHour {
    const packed = this.packed(atMs);
    return { hour: packed & 31, weekday: packed >> 5 };
  }

  /** What local clocks are ahead of UTC, ms. */
  offsetMs(atMs: number): number {
    const day = Math.floor(atMs / dayMs);
    if (!this.#days.has(day)) {
      const [first, last] = [this.#ask(day * dayMs), this.#ask((day + 1) * dayMs)];
      this.#days.set(day, first === last ? first : undefined);
    }
    return this.#days.get(day) ?? this.#ask(Math.floor(atMs / halfHourMs) * halfHourMs);
  }

  /** When the local day that holds this moment began. */
  startOfDay(atMs: number): number {
    const localMs = atMs + this.offsetMs(atMs);
    const startMs = Math.floor(localMs / dayMs) * dayMs;
    // The clocks may have changed since.
    return startMs - this.offsetMs(startMs - this.offsetMs(atMs));
  }

  #ask(atMs: number): number {
    let offsetMs = this.#offsets.get(atMs);
    if (offsetMs === undefined) {
      const part: Record<string, number> = {};
      for (const { type, value } of this.#format.formatToParts(atMs)) part[type] = Number(value);
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
      offsetMs = Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / 60_000) * 60_000;
      this.#offsets.set(atMs, offsetMs);
    }
    return offsetMs;
  }
}
