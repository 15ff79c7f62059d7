import { admin, servicesToAsk } from '../parked/admin-api.ts';

/** Something that happened to an event, as the admin API tells it, and in which service. */
export interface TrailEntry {
  service: string;
  at: string;
  /** `published`, or what the admin API says. */
  what: string;
  eventId: string;
  type: string | null;
  handler: string | null;
  key: string | null;
  correlationId: string | null;
  attempt: number | null;
  reason: string | null;
  by: string | null;
  traceId: string | null;
}

/** The trail, in the order of time, and a sentence for each service that could not be asked. */
export interface Trail {
  entries: TrailEntry[];
  silent: string[];
}

const limit = '1000';

/** Asks all services what happened to the event `id`; or to the events with that key, and all that followed from them. */
export async function findTrail(id: string): Promise<Trail> {
  const silent = new Set<string>();
  const ask = async (of: Record<string, string>): Promise<TrailEntry[]> => {
    const services = servicesToAsk();
    const query = new URLSearchParams({ ...of, limit });
    const answers = await Promise.allSettled(services.map((service) => admin(service, `trail?${query}`)));
    return answers.flatMap((answer, index) => {
      const service = services[index]!;
      if (answer.status === 'fulfilled') return answer.value.map((entry: object) => ({ service, ...entry }));
      silent.add(answer.reason.message);
      return [];
    });
  };
  let found = await ask({ eventId: id });
  if (found.length === 0) {
    const correlations = new Set((await ask({ key: id })).map(({ correlationId }) => correlationId!));
    found = (await Promise.all([...correlations].map((correlationId) => ask({ correlationId })))).flat();
  }
  const entries = [...publications(found), ...found].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return { entries, silent: [...silent] };
}

/** When and by whom each event was published, as far as its type is known; the time is in its id. */
function publications(entries: TrailEntry[]): TrailEntry[] {
  const typed = entries.filter(({ type, key }) => type !== null && key !== null);
  const events = new Map(typed.map((entry) => [entry.eventId, entry]));
  return [...events.values()].flatMap((entry) => {
    const at = timeOfId(entry.eventId);
    if (at === undefined) return [];
    const [service = ''] = entry.type!.split('.');
    const none = { handler: null, attempt: null, reason: null, by: null };
    return { ...entry, ...none, service, at, what: 'published' };
  });
}

/** A UUIDv7 begins with the milliseconds of its time. */
export function timeOfId(id: string): string | undefined {
  const [, high, low] = /^([\da-f]{8})-([\da-f]{4})-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/i.exec(id) ?? [];
  return high && new Date(parseInt(high + low, 16)).toISOString();
}
