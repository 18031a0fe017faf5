import { Hono } from 'hono';
import type { Dependencies } from '../app.ts';
import { createStationEditRoutes } from '../stations/edit-routes.ts';

/** What administrators, officers and commanders change: each room's own routes, together. */
export const createAdministrationRoutes = (dependencies: Dependencies) =>
  new Hono().route('/', createStationEditRoutes(dependencies));
