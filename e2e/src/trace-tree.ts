import { isExtra } from './addresses.ts';
import type { Span } from './jaeger.ts';

/**
 * The trace as text, a span a line under its parent: kind, service, name, and the handler that it runs.
 * Statements, requests to the registry and framework calls are left out, and services that no order needs.
 */
export function drawTrace(spans: Span[]): string {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const isDrawn = ({ kind, scope, service }: Span) =>
    kind !== 'client' && !scope.endsWith('/instrumentation-express') && !isExtra(service);
  const drawnParent = ({ parentId }: Span): Span | undefined => {
    const parent = parentId === undefined ? undefined : byId.get(parentId);
    return !parent || isDrawn(parent) ? parent : drawnParent(parent);
  };
  const children = Map.groupBy(spans.filter(isDrawn), (span) => drawnParent(span)?.id);
  const draw = (parentId: string | undefined, depth: number): string[] =>
    (children.get(parentId) ?? [])
      .map((span) => ['  '.repeat(depth) + describe(span), ...draw(span.id, depth + 1)].join('\n'))
      .toSorted();
  return draw(undefined, 0).join('\n');
}

function describe({ service, kind, name, attributes }: Span): string {
  const handler = attributes['everyhop.handler'];
  return `${service} ${kind}: ${name}${handler ? ` (${handler})` : ''}`;
}
