import type { DutyState } from '$lib/state/duty-state.svelte.ts';
import type { SessionState } from '$lib/state/session-state.svelte.ts';
import { failureFor, getJson, sessionDoubts } from './client.ts';
import { readDispatches } from './dispatches.ts';
import { LiveConnection } from './live.ts';
import type { Unit } from '$api/units/contract.ts';

/** The socket tells at once; should it be silent without anybody's noticing, this does. */
const againMs = 15_000;
/** A shift that begins puts the person on a crew: the session tells. */
const crewAgainMs = 60_000;
/** A corner of the sea: units are nobody's business here, only news are. */
const nowhere: [number, number, number, number] = [0, 0, 0, 0];

/**
 * Keeps one's own units and dispatches true: reads them at once, whenever the server tells of news, when the network comes
 * back and the page is looked at, and every so often.
 * @returns `read` asks now; `end` ends it
 */
export function followDuty(duty: DutyState, session: SessionState): { read(): Promise<void>; end(): void } {
  const ended = new AbortController();
  const connections = new Map<string, LiveConnection>();
  let isReading = false;
  let isAsked = false;

  async function read(): Promise<void> {
    // News that come while it reads may be newer than its answer.
    if (isReading) return void (isAsked = true);
    isReading = true;
    do {
      isAsked = false;
      try {
        await readOnce();
      } catch (error) {
        if (!ended.signal.aborted) duty.failed(failureFor(error));
      }
    } while (isAsked && !ended.signal.aborted);
    isReading = false;
  }

  async function readOnce(): Promise<void> {
    const own = session.current?.ownUnitIds ?? [];
    if (own.length === 0) return duty.loaded([], [], Date.now());
    const { units } = await getJson<{ units: Unit[] }>('/api/units', { signal: ended.signal });
    const dispatches = await readDispatches(undefined, ended.signal);
    const mine = units.filter(({ id }) => own.includes(id));
    duty.loaded(
      mine,
      dispatches.filter(({ unit }) => own.includes(unit.id)),
      Date.now(),
    );
    listen(new Set(mine.map(({ stationId }) => stationId)));
  }

  function listen(stationIds: ReadonlySet<string>): void {
    for (const [id, connection] of connections)
      if (!stationIds.has(id)) {
        connection.close();
        connections.delete(id);
      }
    for (const id of stationIds) {
      if (connections.has(id) || ended.signal.aborted) continue;
      const connection = new LiveConnection({
        url: `/api/live?station=${id}`,
        onTick: () => {},
        // News that came while it was away were not heard.
        onState: ({ kind }) => void (kind === 'live' && read()),
        onChanged: ({ noun }) => void ((noun === 'dispatches' || noun === 'units') && read()),
        onRefused: () => sessionDoubts.tell(),
      });
      connection.setView(nowhere);
      connections.set(id, connection);
    }
  }

  const onReturn = (): void => void (document.visibilityState === 'visible' && read());
  document.addEventListener('visibilitychange', onReturn);
  addEventListener('online', onReturn);
  const timer = setInterval(onReturn, againMs);
  const crewTimer = setInterval(() => sessionDoubts.tell(), crewAgainMs);
  const stopRights = session.changes.add(() => void read());
  void read();
  return {
    read,
    end() {
      ended.abort();
      document.removeEventListener('visibilitychange', onReturn);
      removeEventListener('online', onReturn);
      clearInterval(timer);
      clearInterval(crewTimer);
      stopRights();
      for (const connection of connections.values()) connection.close();
    },
  };
}
