import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { Environment } from './environment.ts';
import { InvalidConfig, readConfig } from './read-config.ts';

const complete = {
  PORT: '4001',
  DATABASE_URL: 'postgres://everyhop:secret@127.0.0.1:4032/shop',
  KAFKA_BROKERS: 'one:9092, two:9092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:4081/apis/ccompat/v7',
};

test('a complete environment is read into numbers and lists, with defaults for the rest', () => {
  expect(readConfig(Environment, complete)).toEqual({
    ...complete,
    PORT: 4001,
    KAFKA_BROKERS: ['one:9092', 'two:9092'],
    HOST: '127.0.0.1',
    KAFKA_SSL: false,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    LOG_LEVEL: 'info',
    MAX_DATABASE_CONNECTIONS: 20,
    MAX_WRITES: 100,
  });
});

test.each(['KAFKA_SASL', 'SCHEMA_REGISTRY'])('a user of %s without a password is refused', (name) => {
  expect(() => readConfig(Environment, { ...complete, [`${name}_USERNAME`]: 'billing' })).toThrow(
    new InvalidConfig(`${name}_PASSWORD is not set: give the password of ${name}_USERNAME.`),
  );
});

test('every missing and every bad variable gets a sentence that says what to give', () => {
  expect(() =>
    readConfig(Environment, { ...complete, PORT: '70000', SCHEMA_REGISTRY_URL: undefined }),
  ).toThrow(
    new InvalidConfig(
      'PORT is not valid: give a TCP port from 0 (any) to 65535.\n' +
        'SCHEMA_REGISTRY_URL is not set: give the Confluent-compatible API of a schema registry, http://host:port/path.',
    ),
  );
});

test('a variable set to nothing counts as not set', () => {
  expect(readConfig(z.object({ GREETING: z.string().default('hello') }), { GREETING: '' }).GREETING).toBe(
    'hello',
  );
  expect(() => readConfig(Environment, { ...complete, PORT: '' })).toThrow(/^PORT is not set/);
});

test('a bad value with a password in it is not repeated', () => {
  const bad = { ...complete, DATABASE_URL: 'mysql://root:secret@db/shop' };
  expect(() => readConfig(Environment, bad)).toThrow(expect.not.stringContaining('secret'));
});

test.each(['one', 'one:port', ''])('brokers without ports are refused: %j', (KAFKA_BROKERS) => {
  expect(() => readConfig(Environment, { ...complete, KAFKA_BROKERS })).toThrow(/^KAFKA_BROKERS is not/);
});
