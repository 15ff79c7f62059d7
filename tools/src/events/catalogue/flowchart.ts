import type { FlowHandler, Flows } from '../flows/read-flows.ts';
import type { EventSchema } from '../schemas.ts';

/** Which event leads to which, and who sees to that, as a Mermaid flowchart. */
export function renderFlowchart(events: readonly EventSchema[], flows: Flows): string {
  const origins = events.flatMap(({ schema }) =>
    originsOf(schema.name, flows).map((service) => `${node(service)} --> ${schema.name}`),
  );
  const steps = flows.handlers.map((handler) =>
    [handler.on, node(qualifiedId(handler)), handler.publishes.join(' & ')].filter(Boolean).join(' --> '),
  );
  return ['flowchart LR', ...origins, ...steps].join('\n  ');
}

/** The services that publish an event of their own accord, and not since another event told them. */
export function originsOf(event: string, { publishers, handlers }: Flows): readonly string[] {
  return (publishers.get(event) ?? []).filter(
    (service) =>
      !handlers.some((handler) => handler.service === service && handler.publishes.includes(event)),
  );
}

/** The id of a handler with its service in front. */
export const qualifiedId = ({ service, id }: FlowHandler): string =>
  id.startsWith(`${service}.`) ? id : `${service}.${id}`;

const node = (name: string) => `${name.replaceAll(/\W/g, '_')}([${name}])`;
