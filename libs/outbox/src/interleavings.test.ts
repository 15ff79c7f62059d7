/**
 * What would go wrong: some order of commits, rollbacks and crashes that nobody thought of loses, doubles or reorders
 * the events of a key, or leaves a gap in its numbers.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { waitUntil } from '@everyhop/testing';
import { testOutbox, type TestOutbox } from './outbox.fixture.ts';

let it: TestOutbox;
beforeAll(async () => {
  it = await testOutbox();
});
afterAll(() => it.stop());

const key = fc.constantFrom('a', 'b', 'c');
const write = fc.record({
  step: fc.constant('write' as const),
  keys: fc.array(key, { minLength: 1, maxLength: 3 }),
  commits: fc.boolean(),
});
/** Where a relay dies: before the broker has the records, or after it has them and before the rows are removed. */
const crash = fc.record({ step: fc.constant('crash' as const), afterSend: fc.boolean() });
const scenario = fc.array(
  fc.array(fc.oneof({ weight: 4, arbitrary: write }, crash), { minLength: 1, maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 6,
  },
);

test('whatever commits, rolls back or crashes at the same time: each key arrives in order, gap-free, first time once', async () => {
  const run = fc.asyncProperty(scenario, async (rounds) => {
    const run = randomUUID();
    const committed = new Map<string, number>();
    let dying: { afterSend: boolean } | undefined;
    const relay = it.startRelay({
      poll: { min: 5, max: 5, shared: 5 },
      send: (producer) => async (records) => {
        const crash = dying;
        dying = undefined;
        if (crash && !crash.afterSend) throw new Error('died before the send');
        await producer.send(records);
        if (crash) throw new Error('died after the send');
      },
    });
    for (const steps of rounds) {
      const atOnce = steps.map(async (step) => {
        if (step.step === 'crash') {
          dying = step;
          return;
        }
        const events = step.keys.map((letter) => it.Happened({ key: `${run}-${letter}`, n: 0 }));
        const writing = it.outboxWith(relay).transaction(async (tx) => {
          for (const event of events.sort((a, b) => a.key.localeCompare(b.key))) await tx.publish(event);
          if (!step.commits) throw new Error('rolled back');
        });
        await writing.catch(() => {});
        if (step.commits) for (const { key } of events) committed.set(key, (committed.get(key) ?? 0) + 1);
      });
      await Promise.all(atOnce);
    }
    for (const [name, count] of committed) {
      await waitUntil(`${count} events of ${name} have arrived`, () => distinct(name).length >= count);
      expect(distinct(name)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
    }
    const strangers = it.arrived.filter(({ key }) => key.startsWith(run) && !committed.has(key));
    expect(strangers).toEqual([]);
    await relay.stop();
  });
  await fc.assert(run, { numRuns: 25 });
}, 180_000);

/** The sequence numbers of a key in the order of their first arrival: redeliveries come with the same event id. */
function distinct(name: string): number[] {
  const seen = new Map(it.arrivedOf(name).map(({ id, sequence }) => [id, sequence]));
  return [...seen.values()];
}
