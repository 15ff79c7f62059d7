import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../schemas.ts';
import { parseService } from './parse-service.ts';

/** A method that handles an event. */
export interface FlowHandler {
  readonly service: string;
  /** `billing.issue-invoice`, or `Class.method` where it has no id of its own. */
  readonly id: string;
  /** Short name of the event that it handles, `OrderPlaced`. */
  readonly on: string;
  /** Short names of what it publishes, also through what it calls and through its jobs; sorted. */
  readonly publishes: readonly string[];
}

/** Which service publishes what, and what follows from which event. */
export interface Flows {
  /** Names of services, by the short name of the event that they publish. */
  readonly publishers: ReadonlyMap<string, readonly string[]>;
  readonly handlers: readonly FlowHandler[];
}

/** Reads from the code of each `services/<name>/src/main.ts` below `root` what it publishes and handles. */
export function readFlows(root: string): Flows {
  const publishers = new Map<string, string[]>();
  const handlers: FlowHandler[] = [];
  for (const service of folders(root, 'services')) {
    const main = join(root, 'services', service, 'src/main.ts');
    if (!existsSync(main)) continue;
    const code = parseService(main);
    for (const event of code.publishes) publishers.set(event, [...(publishers.get(event) ?? []), service]);
    handlers.push(...code.handlers.map((handler) => ({ service, ...handler })));
  }
  return { publishers, handlers };
}
