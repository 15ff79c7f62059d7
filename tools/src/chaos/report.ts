import type { Damage } from './find-damage.ts';
import type { Verdict } from './run-chaos.ts';

const count = ({ damages }: Verdict, kind: Damage['kind']) =>
  damages.filter((damage) => damage.kind === kind).length;

/** Whether the promises held. */
export const isSound = ({ damages, recoveredMs }: Verdict): boolean =>
  damages.length === 0 && recoveredMs !== null;

/** The verdict as one line of JSON, the damages as numbers. */
export function asJson(verdict: Verdict): string {
  const { seed, orders, kills, freezes, restarts, cuts } = verdict;
  const { deadLettered, eventsResent, mailsResent, recoveredMs } = verdict;
  return JSON.stringify({
    ...{ seed, orders, kills, freezes, restarts, cuts },
    lost: count(verdict, 'lost'),
    duplicated: count(verdict, 'duplicated'),
    outOfOrder: count(verdict, 'outOfOrder'),
    ...{ deadLettered, eventsResent, mailsResent, recoveredMs },
  });
}

/** The verdict for people, each damage on a line of its own. */
export function report(verdict: Verdict): string[] {
  const { seed, orders, kills, freezes, restarts, cuts, damages, unrest } = verdict;
  const { deadLettered, eventsResent, mailsResent, recoveredMs } = verdict;
  return [
    ...damages.map(({ kind, of, what }) => `${kind}: ${of}: ${what}`),
    ...unrest.map((what) => `not quiet: ${what}`),
    `seed ${seed}: ${orders} orders, ${kills} kills, ${freezes} freezes, ${restarts} restarts, ${cuts} cut connections`,
    `lost ${count(verdict, 'lost')}, duplicated ${count(verdict, 'duplicated')}, out of order ${count(verdict, 'outOfOrder')}, dead-lettered ${deadLettered}`,
    `sent again under the same id: ${eventsResent} events, ${mailsResent} mails`,
    recoveredMs === null ? 'did not come to rest' : `at rest after ${(recoveredMs / 1_000).toFixed(1)} s`,
  ];
}
