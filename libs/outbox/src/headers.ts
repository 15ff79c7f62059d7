import type { MessageHeaders } from '@everyhop/events';

type Stored = Record<string, string | { base64: string } | (string | { base64: string })[]>;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Headers as JSON, text readable and any other bytes as base64, so that they come out as they went in. */
export function toStoredHeaders(headers: MessageHeaders): string {
  const stored: Stored = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) stored[name] = Array.isArray(value) ? value.map(toStored) : toStored(value);
  }
  return JSON.stringify(stored);
}

/** The headers that `toStoredHeaders` stored. */
export function fromStoredHeaders(stored: Stored): Record<string, string | Buffer | (string | Buffer)[]> {
  const entries = Object.entries(stored);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.map(fromStored) : fromStored(value)]),
  );
}

function toStored(value: Buffer | string): string | { base64: string } {
  if (typeof value === 'string') return value;
  try {
    const text = decoder.decode(value);
    // JSON in Postgres can't hold a zero character.
    if (!text.includes('\0')) return text;
  } catch {
    // not UTF-8
  }
  return { base64: value.toString('base64') };
}

const fromStored = (value: string | { base64: string }) =>
  typeof value === 'string' ? value : Buffer.from(value.base64, 'base64');
