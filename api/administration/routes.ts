import { Hono } from 'hono';
import { createPeopleRoutes } from '../accounts/people/routes.ts';
import { createAccountSessionRoutes } from '../accounts/people/session-routes.ts';
import { createTokenRoutes } from '../accounts/tokens/routes.ts';
import type { Dependencies } from '../app.ts';
import { createStationEditRoutes } from '../stations/edit-routes.ts';

/** What administrators, officers and commanders change, and what people make for their own programs. */
export const createAdministrationRoutes = (dependencies: Dependencies) =>
  new Hono()
    .route('/', createStationEditRoutes(dependencies))
    .route('/', createPeopleRoutes(dependencies))
    .route('/', createAccountSessionRoutes(dependencies))
    .route('/', createTokenRoutes(dependencies));
