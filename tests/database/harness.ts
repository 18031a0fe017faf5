import { inject } from 'vitest';
import { openPool, type Database } from '../../api/database/database.ts';

/** The run's database, migrated; the engine is embedded or PostGIS as the run decides. Close it in afterAll. */
export const openTestDatabase = (): Database => openPool(inject('poolOptions'));

export { makeStation } from './make-station.ts';
