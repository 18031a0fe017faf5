import { z } from 'zod';
import * as people from '../accounts/people/contract.ts';
import * as tokens from '../accounts/tokens/contract.ts';
import * as audit from '../audit/contract.ts';
import * as crews from '../crews/contract.ts';
import * as devices from '../devices/contract.ts';
import * as grids from '../grids/contract.ts';
import * as incidents from '../incidents/contract.ts';
import * as members from '../members/contract.ts';
import * as positions from '../positions/contract.ts';
import * as reading from '../reading/contract.ts';
import * as retention from '../retention/contract.ts';
import * as search from '../search/contract.ts';
import * as sentinels from '../sentinels/contract.ts';
import * as stations from '../stations/contract.ts';
import * as units from '../units/contract.ts';

const contracts = [
  reading, stations, units, crews, grids, sentinels, members, incidents, search, positions, devices, people, tokens, audit,
  retention,
]; // prettier-ignore

/** The schemas of answers by the names of their exports: `unitSchema` is `Unit`. Requests are described where they are sent. */
export function nameSchemas(used: Iterable<z.ZodType>): Map<z.ZodType, string> {
  const exported = new Map<unknown, string>();
  for (const contract of contracts)
    for (const [name, value] of Object.entries(contract))
      if (value instanceof z.ZodType && name.endsWith('Schema'))
        exported.set(value, name.charAt(0).toUpperCase() + name.slice(1, -'Schema'.length));
  const named = new Map<z.ZodType, string>();
  for (const schema of used) {
    const name = exported.get(schema);
    if (name !== undefined) named.set(schema, name);
  }
  return named;
}
