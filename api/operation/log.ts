// The operator's log: one JSON object a line, so that programs read it and no text from outside can forge a line.
import { describeError, hideSecrets } from './hide-secrets.ts';

export type LogLevel = 'info' | 'warn' | 'error';

/** Never coordinates of people, tokens or passwords: fields that are named so are left out, texts are searched for them. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | Error>>;

export interface Log {
  /** @param event what happened, dotted and always the same ('ingest.batch-failed'), so that it can be searched for */
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Names whose values are nobody's business, wherever they come from. */
const secretName =
  /pass(word|wd|phrase)|secret|token|authori[sz]ation|cookie|credential|api_?key|private_?key|^code$|otp|lng|lat(itude)?$|^lon(gitude)?$|coord|point|geom/i;

/** @param write gets each line without its line break */
export function createLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const log =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      const entry: Record<string, unknown> = { time: now().toISOString(), level, event };
      for (const [name, value] of Object.entries(fields)) {
        if (value === undefined || Object.hasOwn(entry, name)) continue;
        entry[name] = secretName.test(name) ? '[hidden]' : shown(value);
      }
      write(toLine(entry));
    };
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

function shown(value: string | number | boolean | null | Error): unknown {
  if (value instanceof Error) return describeError(value);
  return typeof value === 'string' ? hideSecrets(value) : value;
}

/**
 * JSON escapes line breaks and what is below U+0020; what else a terminal or viewer may take for a line break, an escape
 * sequence or a change of direction is escaped here (Unicode TR36: C1 controls, separators, bidi marks).
 */
function toLine(entry: Record<string, unknown>): string {
  return JSON.stringify(entry).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** For what is not asked to tell anything. */
export const silentLog: Log = createLog(() => {});

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
