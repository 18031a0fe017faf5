import { Hono } from 'hono';
import { createPeopleRoutes } from '../accounts/people/routes.ts';
import { createSignInRuleRoutes } from '../accounts/people/rule-routes.ts';
import { createAccountSessionRoutes } from '../accounts/people/session-routes.ts';
import { createTokenRoutes } from '../accounts/tokens/routes.ts';
import type { Dependencies } from '../app.ts';
import { createCrewRoutes } from '../crews/routes.ts';
import { createGatewayRoutes } from '../devices/gateway-routes.ts';
import { createDeviceRoutes } from '../devices/routes.ts';
import { createGridEditRoutes } from '../grids/edit-routes.ts';
import { createGridReshapeRoutes } from '../grids/reshape-routes.ts';
import { createMemberRoutes } from '../members/routes.ts';
import { createSentinelEditRoutes } from '../sentinels/edit-routes.ts';
import { createStationEditRoutes } from '../stations/edit-routes.ts';
import { createUnitEditRoutes } from '../units/edit-routes.ts';

/** What administrators, officers and commanders change, and what people make for their own programs. */
export const createAdministrationRoutes = (dependencies: Dependencies) =>
  new Hono()
    .route('/', createStationEditRoutes(dependencies))
    .route('/', createPeopleRoutes(dependencies))
    .route('/', createAccountSessionRoutes(dependencies))
    .route('/', createSignInRuleRoutes(dependencies))
    .route('/', createTokenRoutes(dependencies))
    .route('/', createMemberRoutes(dependencies))
    .route('/', createCrewRoutes(dependencies))
    .route('/', createUnitEditRoutes(dependencies))
    .route('/', createDeviceRoutes(dependencies))
    .route('/', createGatewayRoutes(dependencies))
    .route('/', createGridReshapeRoutes(dependencies))
    .route('/', createGridEditRoutes(dependencies))
    .route('/', createSentinelEditRoutes(dependencies));
