import type { EventMetadata } from '@everyhop/events';

/** What a job method gets beside its payload. */
export interface JobDelivery {
  /** Identifies the job over all its attempts. */
  readonly id: string;
  /** 1 on the first attempt. */
  readonly attempt: number;
  /** The event whose handler added the job: pass it on as `outbox.transaction(…, { cause })`. */
  readonly cause: EventMetadata | undefined;
  /** Aborts 5 s into a shutdown: a job that still runs should give up by throwing; it is then run again. */
  readonly signal: AbortSignal;
}

/** How a job method is run. */
export interface JobOptions {
  /**
   * After that many failed attempts the job rests in `graphile_worker.jobs` with its `last_error`. The waits between
   * attempts are e, e², … e¹⁰ seconds and then stay at 6 h. Default 25: about four days.
   */
  maxAttempts?: number;
}

/** A job method found on an instance. */
export interface JobHandler extends Required<JobOptions> {
  /** The name that `Jobs.add` is given; it is stored with each job, so renaming it strands those that wait. */
  readonly name: string;
  run(payload: any, job: JobDelivery): Promise<void>;
}

type JobMethod = (payload: any, job: JobDelivery) => Promise<void>;

interface Mark extends Required<JobOptions> {
  name: string;
  method: string;
}

const marks = new WeakMap<object, Mark[]>();

/**
 * Marks a method as the job `name`. It runs at least once for each job added: again after a failure or a crash, and
 * perhaps beside itself when a connection to the database breaks. So make its effect idempotent.
 */
export function Job(name: string, { maxAttempts = 25 }: JobOptions = {}) {
  return <M extends JobMethod>(prototype: object, method: string, _: TypedPropertyDescriptor<M>): void => {
    marks.set(prototype, [...(marks.get(prototype) ?? []), { name, maxAttempts, method }]);
  };
}

/** The jobs that `@Job` marks on the class of `instance` and on those that it extends, bound to it; none for any other object. */
export function jobsOf(instance: object): JobHandler[] {
  const its = new Map<string, Mark>();
  for (let one = Object.getPrototypeOf(instance); one !== null; one = Object.getPrototypeOf(one))
    for (const mark of marks.get(one) ?? []) if (!its.has(mark.method)) its.set(mark.method, mark);
  return [...its.values()].map(({ method, ...mark }) => ({
    ...mark,
    run: (payload, job) => (instance as any)[method](payload, job),
  }));
}
