import type { KafkaConnection, SchemaRegistry } from '@everyhop/kafka';
import { assertEvents, encodeEvents, within, type OutboxEntry } from '@everyhop/outbox/internal';
import { lend } from '@everyhop/postgres/internal';
import {
  fromTraceContext,
  silentLogger,
  startMessagingSpan,
  withFields,
  withLogFields,
  withSpan,
  type Logger,
} from '@everyhop/telemetry';
import { context, trace, type Link } from '@opentelemetry/api';
import type { Transaction } from 'kysely';
import type { Delivery } from '../handler/handler.ts';
import type { HandleInterceptor } from '../handler/interceptor.ts';
import { dataOf, type Item } from '../record/item.ts';
import { measureProcess } from '../record/metrics.ts';
import type { RunningHandlers } from './running.ts';

/** What handling needs beside the item. */
export interface HandleOptions {
  registry: SchemaRegistry;
  /** The consumer group, and `ce_source` of what the handlers return. */
  service: string;
  running: RunningHandlers;
  kafka?: Pick<KafkaConnection, 'clientId'>;
  logger?: Logger;
  /** Default: none. */
  interceptors?: readonly HandleInterceptor[];
}

/** One try to handle an event; of a redrive or a replay with the trace of the operator's action. */
export interface Attempt {
  /** 1 at the first. */
  attempt: number;
  /** Default: false. What is returned is then not meant to be published. */
  replay?: boolean;
  traceparent?: string | null;
}

/**
 * Runs the handler of `item` in `tx`, in a `process` span that continues the event's trace, and returns what it
 * returned, ready for the outbox; of a replay nothing. Rejects with `HandlerTimedOut` when it takes too long, and with
 * `HandlerStopped` when the service stops before it is done; either way `tx` is of no use then.
 */
export function handleItem(
  item: Item,
  tx: Transaction<any>,
  { attempt, replay = false, traceparent }: Attempt,
  { registry, service, running, kafka, logger = silentLogger, interceptors = [] }: HandleOptions,
): Promise<OutboxEntry[]> {
  const { handler, event, message, topic, partition } = item;
  const parent = fromTraceContext({
    traceparent: message.headers?.['traceparent']?.toString(),
    tracestate: message.headers?.['tracestate']?.toString(),
  });
  const span = startMessagingSpan({
    operation: 'process',
    topic,
    partition,
    offset: message.offset,
    messageId: event.id,
    key: event.key,
    group: service,
    parent,
    links: linkTo(traceparent),
    attributes: {
      'messaging.client.id': kafka?.clientId,
      'everyhop.handler': handler.id,
      'everyhop.attempt': attempt,
      'everyhop.replay': replay,
    },
  });
  const logFields = { event_id: event.id, correlation_id: event.correlationId, handler: handler.id };
  const work = async () => {
    const data = item.unread ? await dataOf(registry, handler, event, message.value) : item.data;
    const value = await running.run(item, (limits) =>
      lend(
        tx,
        async (lent) => {
          const delivery: Delivery = {
            tx: lent,
            event,
            attempt,
            replay,
            get logger() {
              return withFields(logger, logFields);
            },
            get signal() {
              return limits.signal;
            },
          };
          return within(interceptors, { handler, data, delivery }, (input) =>
            input.handler.handle(input.data, input.delivery),
          );
        },
        limits.givenUp,
      ),
    );
    const returned = [value ?? []].flat();
    assertEvents(returned);
    // A replay rebuilds what the handler wrote; what it said is known already.
    if (replay) return [];
    return encodeEvents(returned, { registry, source: service, cause: event });
  };
  return measureProcess(item, () =>
    context.with(parent, () => withSpan(span, () => withLogFields(logFields, work))),
  );
}

function linkTo(traceparent: string | null | undefined): Link[] {
  const spanContext = traceparent ? trace.getSpanContext(fromTraceContext({ traceparent })) : undefined;
  return spanContext ? [{ context: spanContext }] : [];
}
