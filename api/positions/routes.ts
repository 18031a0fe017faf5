import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { raiseDeviceSos } from '../alerts/raise-device-sos.ts';
import type { Dependencies } from '../app.ts';
import type { Credential } from '../units/registry.ts';
import { findSender, readBearerToken, unknownCredential } from './find-sender.ts';
import { parseOsmand } from './osmand.ts';
import { isQuarantined, notAllowed, reasonOf, writeAnswer } from './outcome-codes.ts';
import { rethrowFailure } from './quick-reports.ts';
import { readBody, readBodyText } from './read-body.ts';
import { parseReport, readReport } from './read-report.ts';

/**
 * `POST /positions`: an array of `FixReport`, answered with `reportAnswerSchema` after the commit. `GET|POST /osmand`: the
 * protocol of OsmAnd and Traccar Client, one fix a request, answered 200 when it was stored or quarantined so that the
 * phone does not send it for ever.
 */
export function createPositionRoutes(
  dependencies: Pick<Dependencies, 'registry' | 'ingest' | 'database' | 'live' | 'audit'>,
  watch: { byDevice(credential: Credential): void; countOutcomes(codes: Uint8Array): void },
) {
  const { registry, ingest } = dependencies;
  return new Hono()
    .post('/positions', async (context) => {
      rethrowFailure((context.env as Partial<HttpBindings> | undefined)?.incoming as IncomingMessage | undefined);
      const credential = findSender(registry, readBearerToken(context));
      watch.byDevice(credential);
      const report = parseReport(await readBody(context), ingest.devicesOf(credential), Date.now());
      const outcomes = await ingest.accept(report);
      watch.countOutcomes(outcomes);
      return context.body(writeAnswer(outcomes), 200, { 'Content-Type': 'application/json' });
    })
    .on(['GET', 'POST'], '/osmand', async (context) => {
      const body = context.req.method === 'POST' ? await readBodyText(context) : '';
      const { token, rows, isSos } = parseOsmand(new URL(context.req.url).searchParams, body, Date.now());
      const credential = findSender(registry, readBearerToken(context) ?? token);
      watch.byDevice(credential);
      const { find } = ingest.devicesOf(credential);
      const own = credential.kind === 'device' ? credential.device.name : token;
      const reports = rows.map((row) => ({ ...row, device: own }));
      const outcomes = await ingest.accept(readReport(reports, find, Date.now()));
      watch.countOutcomes(outcomes);
      // A bearer's gateway has no such device, or a gateway's own token was sent as an id: 200 would say that it is kept.
      if (outcomes.includes(notAllowed)) throw unknownCredential();
      const sender = isSos && own !== undefined ? find(own) : undefined;
      if (sender) await raiseDeviceSos(dependencies, sender, rows.at(-1)!);
      const reason = [...outcomes].filter(isQuarantined).map(reasonOf)[0];
      return context.text(reason ? `quarantined: ${reason}` : 'OK');
    });
}
