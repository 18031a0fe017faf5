import { z } from 'zod';

// A backup is gzip of lines of JSON: one header; for each table its name, its rows, its end; and one last line. Every value
// is the text that PostgreSQL prints and reads back exactly, so that the file does not depend on the engine.

export const backupVersion = 1;

const name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

export const backupHeader = z.object({
  format: z.literal('shaodian-backup'),
  version: z.literal(backupVersion),
  madeAt: z.iso.datetime(),
  engine: z.enum(['embedded', 'postgis']),
  installationId: z.uuid(),
  /** What the tables were made by; the same text must be there to restore. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })).min(1),
  tables: z.array(z.object({ name, columns: z.array(name).min(1) })),
  partitions: z.array(
    z.object({
      name,
      parent: name,
      // It becomes part of a statement: a range of times and nothing else.
      bound: z.string().regex(/^FOR VALUES FROM \('[0-9 :+-]+'\) TO \('[0-9 :+-]+'\)$/),
    }),
  ),
  sequences: z.array(z.object({ name, lastValue: z.string().regex(/^-?\d+$/), isCalled: z.boolean() })),
});
export type BackupHeader = z.infer<typeof backupHeader>;

export const tableStart = z.strictObject({ table: name });
export const tableEnd = z.strictObject({ end: name, rows: z.int().min(0), sha256: z.string() });
/** `sha256` is of all lines before it, line breaks included: a file that lost or changed a line is told. */
export const backupEnd = z.strictObject({ complete: z.literal(true), rows: z.int().min(0), sha256: z.string() });
