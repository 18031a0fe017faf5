import { v5 as uuidv5 } from 'uuid';

/** Any fixed UUID: the name space of the demo's ids. */
const namespace = '5d8c1f0e-2a67-4b7b-9f43-6a6b0c8b7e11';

/** The id of a thing of the demo, the same in every installation, so that a seeding that was cut off is taken up again. */
export const demoId = (name: string): string => uuidv5(name, namespace);

export const demoStationId = demoId('station');
export const demoDistrictId = demoId('district');
export const demoCityId = demoId('city');
/** Station, 分局 and 市局: what the seeding sees. */
export const demoScope: readonly string[] = [demoStationId, demoDistrictId, demoCityId];
