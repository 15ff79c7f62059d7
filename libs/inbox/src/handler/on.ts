import type { EventType } from '@everyhop/events';
import { toMs, withDefaults } from '@everyhop/telemetry/internal';
import {
  defaultPolicy,
  defaultRetry,
  type Handle,
  type Handler,
  type HandlerPolicy,
  type RetryPolicy,
} from './handler.ts';

/** What `@On` accepts beside the event. */
export interface OnOptions extends Partial<Omit<HandlerPolicy, 'retry'>> {
  /** The handler's id; keep it when the class or method is renamed. Default: `Class.method`. */
  id?: string;
  retry?: Partial<RetryPolicy>;
}

interface Mark extends OnOptions {
  event: EventType<any>;
  method: string;
}

const marks = new WeakMap<object, Mark[]>();

/**
 * Marks a method as the handler of an event. Nothing more happens here: `handlersOf` finds the marks.
 *
 *     @On(OrderPlaced)
 *     async issueInvoice(order: OrderPlaced, { tx }: Delivery<BillingDatabase>) { … return InvoiceIssued({ … }); }
 */
export function On<T>(event: EventType<T>, options: OnOptions = {}) {
  return <H extends Handle<T>>(
    prototype: object,
    method: string,
    _descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const known = marks.get(prototype) ?? [];
    marks.set(prototype, [...known, { ...options, event, method }]);
  };
}

/**
 * A handler of `event` without a class. Throws a `TypeError` for a length of time that is none:
 *
 *     on(OrderPlaced, { id: 'billing.issue-invoice' }, async (order, { tx }) => { … return InvoiceIssued({ … }); })
 */
export function on<T>(
  event: EventType<T>,
  { id, retry, timeout = defaultPolicy.timeout, ...policy }: OnOptions & { id: string },
  handle: Handle<T>,
): Handler<T> {
  const { delay, maxDelay, ...tries } = withDefaults(defaultRetry, retry ?? {});
  return {
    ...withDefaults(defaultPolicy, policy),
    ...{
      id,
      event,
      handle,
      timeout: toMs(timeout),
      retry: { ...tries, delay: toMs(delay), maxDelay: toMs(maxDelay) },
    },
  };
}

/**
 * The handlers that `@On` marks on the class of `instance` and on those that it extends, bound to it; none for any other
 * object. A method that is marked in several of them is one handler, as the class that comes last says.
 */
export function handlersOf(instance: object): Handler[] {
  const its = new Map(
    lineage(instance)
      .flatMap((one) => marks.get(one) ?? [])
      .map((mark) => [mark.method, mark]),
  );
  return [...its.values()].map(
    ({ method, event, id = `${instance.constructor.name}.${method}`, ...options }) =>
      on(event, { ...options, id }, (data, delivery) => (instance as any)[method](data, delivery)),
  );
}

/** The prototypes of `instance`, that of its own class last. */
function lineage(instance: object): object[] {
  const parent = Object.getPrototypeOf(instance);
  return parent === null ? [] : [...lineage(parent), parent];
}
