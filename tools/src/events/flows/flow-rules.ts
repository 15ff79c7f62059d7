import type { EventSchema } from '../schemas.ts';
import type { Flows } from './read-flows.ts';

/**
 * A sentence for each event that leads nowhere, comes from nowhere or comes back to itself; `events` are the contracts,
 * one version each.
 */
export function brokenFlows(events: readonly EventSchema[], flows: Flows): string[] {
  return [...checkPublishers(events, flows), ...checkHandlers(events, flows), ...checkCycles(flows)];
}

function checkPublishers(events: readonly EventSchema[], { publishers }: Flows): string[] {
  return events.flatMap(({ owner, path, schema }) => {
    const services = publishers.get(schema.name) ?? [];
    if (services.length === 0)
      return [`${path}: nobody publishes ${schema.name}: publish it in services/${owner}, or remove it.`];
    return services
      .filter((service) => service !== owner)
      .map(
        (service) =>
          `services/${service} publishes ${schema.name}, which belongs to ${owner}: publish an event of its own instead.`,
      );
  });
}

function checkHandlers(events: readonly EventSchema[], { publishers, handlers }: Flows): string[] {
  return handlers.flatMap(({ service, id, on }) => {
    if (!events.some(({ schema }) => schema.name === on))
      return [
        `services/${service}: ${id} handles ${on}, which is no event of schemas/: add it, or remove the handler.`,
      ];
    if (publishers.has(on)) return [];
    return [
      `services/${service}: ${id} handles ${on}, which nobody publishes: publish it, or remove the handler.`,
    ];
  });
}

function checkCycles({ handlers }: Flows): string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const follow = (event: string, way: readonly string[], events: readonly string[]): void => {
    const start = events.indexOf(event);
    if (start >= 0) {
      const cycle = [...way.slice(start), event].join(' → ');
      problems.push(
        `${cycle} is a cycle: an event must not lead back to itself; take one of these steps out.`,
      );
    }
    if (start >= 0 || done.has(event)) return;
    for (const { service, id, on, publishes } of handlers)
      if (on === event)
        for (const next of publishes)
          follow(next, [...way, `${event} → (${service}: ${id})`], [...events, event]);
    done.add(event);
  };
  for (const { on } of handlers) follow(on, [], []);
  return problems;
}
