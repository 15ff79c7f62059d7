import type { MessageHeaders } from '@everyhop/events';
import type { OutgoingRecord } from '@everyhop/kafka';
import { storable } from '@everyhop/postgres';

type StoredValue = string | { base64: string } | null;
/** The headers of a record as a table keeps them, see `toStoredHeaders`. */
export type StoredHeaders = Record<string, StoredValue | StoredValue[]>;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Headers as JSON, text readable and any other bytes as base64, so that they come out as they went in. Only of their
 * names a zero character becomes U+FFFD.
 */
export function toStoredHeaders(headers: MessageHeaders): string {
  const stored = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[storable(name), Array.isArray(value) ? value.filter(isValue).map(toStored) : toStored(value)]],
  );
  return JSON.stringify(Object.fromEntries(stored));
}

/** The headers that `toStoredHeaders` stored. */
export function fromStoredHeaders(stored: StoredHeaders): OutgoingRecord['headers'] {
  const entries = Object.entries(stored);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.map(fromStored) : fromStored(value)]),
  );
}

// A header named as something that every object has, such as constructor, kafkajs puts behind that thing.
const isValue = (value: unknown) => value === null || typeof value === 'string' || Buffer.isBuffer(value);

function toStored(value: Buffer | string | null): StoredValue {
  if (value === null) return null;
  const bytes = Buffer.from(value);
  try {
    const text = decoder.decode(bytes);
    // JSON in Postgres can't hold a zero character.
    if (!text.includes('\0')) return text;
  } catch {
    // not UTF-8
  }
  return { base64: bytes.toString('base64') };
}

const fromStored = (value: StoredValue) =>
  value === null || typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
