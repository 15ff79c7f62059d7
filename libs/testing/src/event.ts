import { randomBytes } from 'node:crypto';
import { defineEvent, type EventType } from '@everyhop/events';

/** A random name with `prefix`, for topics and groups: tests on one broker must not meet. */
export const randomName = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`;

/** What the events of `testEvent` carry. */
export interface Happened {
  key: string;
  n: number;
}

/** An event type that no other test knows, with a topic of its own. Register its schema and create its topic first. */
export function testEvent(name = 'Happened', topic = randomName('test.topic')): EventType<Happened> {
  const namespace = `test${randomBytes(5).toString('hex')}`;
  const fields = [
    { name: 'key', type: 'string' },
    { name: 'n', type: 'int' },
  ];
  return defineEvent<Happened>({
    topic,
    key: 'key',
    version: 1,
    schema: { type: 'record', namespace, name, fields },
  });
}
