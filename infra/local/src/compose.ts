import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './settings.ts';

/** One part of the system in docker-compose.yml. */
interface Part {
  image: string;
  command?: string | string[];
  profiles?: string[];
  ports?: string[];
  environment?: Record<string, string | number>;
}

// The one place for versions, ports and settings.
const file = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const parts: Record<string, Part> = parse(file, { merge: true }).services;

/** The services of this repository: the parts that run what is in services/. */
export const serviceNames: string[] = Object.keys(parts).filter(
  (name) => parts[name]!.command?.[0] === `services/${name}/dist/main.js`,
);

/** The parts that are started only where this profile is asked for. */
export const partsOf = (profile: string): string[] =>
  Object.keys(parts).filter((name) => parts[name]!.profiles?.includes(profile));

/** Whether compose starts a part, or has none of this name, without being asked for a profile. */
export const isCore = (name: string): boolean => !parts[name]?.profiles;

/** The services that an order passes through: those that run when no more is asked for. */
export const coreServices: string[] = serviceNames.filter(isCore);

/** The version of an engine in compose, the tag of its image: `versionOf('kafka') === '4.3.1'`. */
export const versionOf = (engine: string): string => parts[engine]!.image.replace(/^.*:v?/, '');

/**
 * How far from the port base compose publishes a part's `port`: `offsetOf('mail', 1025) === 25`. Default: its only
 * published port, which is also the answer for one that others reach inside only.
 */
export function offsetOf(name: string, port?: number): number {
  const published = (parts[name]?.ports ?? []).map((entry) =>
    /\}(\d\d):(\d+)$/.exec(entry)!.slice(1).map(Number),
  );
  const [offset] = published.find(([, target]) => target === port) ?? published[0] ?? [];
  if (offset === undefined) throw new Error(`Publish a port of ${name} in docker-compose.yml.`);
  return offset;
}

/** The environment that compose gives to a part, for a process of this machine: addresses are those published. */
export function environmentOf(name: string, portBase = 4000): Record<string, string> {
  const outside = (value: string) =>
    value
      .replaceAll(/\$\{EVERYHOP_PORTS:-\d+\}(\d\d)/g, (_, offset) => String(portBase + Number(offset)))
      .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
      .replaceAll(/\b([a-z]+):(\d+)/g, (address, host, port) =>
        host in parts ? `127.0.0.1:${portBase + offsetOf(host, Number(port))}` : address,
      );
  const entries = Object.entries(parts[name]!.environment ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, outside(String(value))]));
}
