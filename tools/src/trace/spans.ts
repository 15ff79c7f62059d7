/** A span as Jaeger keeps it; times are milliseconds since 1970. */
export interface Span {
  id: string;
  /** `undefined` for the root. */
  parentId: string | undefined;
  service: string;
  name: string;
  start: number;
  end: number;
  /** The library that made it. */
  scope: string;
  /** What went wrong, if it did; empty when that was not said. */
  error: string | undefined;
}

const failed = 2;

/** The spans of a trace; none when Jaeger does not know it. Rejects with a sentence when Jaeger does not answer. */
export async function spansOf(jaeger: string, traceId: string): Promise<Span[]> {
  const response = await fetch(`${jaeger}/api/v3/traces/${traceId}`).catch((cause) => {
    throw new Error(`Jaeger does not answer at ${jaeger}: see ./dev status.`, { cause });
  });
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`Jaeger answered with ${response.status}: ${await response.text()}`);
  const { result } = (await response.json()) as any;
  return result.resourceSpans.flatMap(({ resource, scopeSpans }: any) => {
    const service = resource.attributes.find(({ key }: any) => key === 'service.name')?.value.stringValue;
    return scopeSpans.flatMap(({ scope, spans }: any) =>
      spans.map((span: any) => ({
        id: span.spanId,
        parentId: span.parentSpanId || undefined,
        service,
        name: span.name,
        start: Number(span.startTimeUnixNano) / 1e6,
        end: Number(span.endTimeUnixNano) / 1e6,
        scope: scope.name,
        error: span.status?.code === failed ? (span.status.message ?? '') : undefined,
      })),
    );
  });
}

/** The spans that are not hidden; each below the nearest of its ancestors that is there. */
export function without(spans: Span[], isHidden: (span: Span) => boolean): Span[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const shownParent = ({ parentId }: Span): string | undefined => {
    const parent = byId.get(parentId!);
    return parent && isHidden(parent) ? shownParent(parent) : parentId;
  };
  return spans.filter((span) => !isHidden(span)).map((span) => ({ ...span, parentId: shownParent(span) }));
}
