import { styleText } from 'node:util';

/** A line that a component has logged. */
export interface Line {
  component: string;
  /** Milliseconds since 1970; of a line that does not tell, those of the line before. */
  at: number;
  /** As it stands in the file. */
  raw: string;
  /** What a service says; `undefined` of an engine. */
  fields?: Record<string, any>;
}

/** Reads the lines of one component, one after the other. */
export function lineReader(component: string): (raw: string) => Line {
  let at = 0;
  return (raw) => {
    const fields = fieldsOf(raw);
    const time = fields?.['time'] ?? /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?/.exec(raw)?.[0];
    const parsed = Date.parse(String(time).replace(',', '.'));
    if (!Number.isNaN(parsed)) at = parsed;
    return { component, at, raw, fields };
  };
}

function fieldsOf(raw: string): Record<string, any> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

const colours: Record<string, 'gray' | 'green' | 'yellow' | 'red'> = {
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};
// Told in columns of their own, or of use to programs only.
const elsewhere = ['level', 'time', 'service', 'msg', 'err', 'stack', 'trace_flags', 'span_id'];

/** The line for people: time, component, level, what is said, and the fields that come with it; no stack. */
export function forPeople({ component, at, raw, fields }: Line): string {
  const time = at ? new Date(at).toISOString().slice(11, 23) : ''.padEnd(12);
  if (!fields) return `${time} ${component.padEnd(10)} ${raw}`;
  const { level = '', msg = '', err } = fields;
  const rest = Object.entries(fields).filter(([name]) => !elsewhere.includes(name));
  const told = rest.map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const text = [msg, err?.message && `(${err.message})`].filter(Boolean).join(' ').replaceAll(/\s+/g, ' ');
  const columns = `${time} ${component.padEnd(10)} ${styleText(colours[level] ?? 'gray', level.padEnd(5))} ${text}`;
  return told.length > 0 ? `${columns} ${styleText('gray', told.join(' '))}` : columns;
}
