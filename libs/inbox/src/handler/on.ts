import type { EventType } from '@everyhop/events';
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

/** The handlers that `@On` marks on the class of `instance`, bound to it; none for any other object. */
export function handlersOf(instance: object): Handler[] {
  const its = marks.get(Object.getPrototypeOf(instance)) ?? [];
  return its.map(({ method, id = `${instance.constructor.name}.${method}`, retry, ...mark }) => ({
    ...defaultPolicy,
    ...mark,
    id,
    handle: (data, delivery) => (instance as any)[method](data, delivery),
    retry: { ...defaultRetry, ...retry },
  }));
}
