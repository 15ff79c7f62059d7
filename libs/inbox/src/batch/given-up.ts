import type { Item } from '../record/item.ts';

/** A handler did not settle within its time-out. Its transaction was rolled back, and it counts as a failed attempt. */
export class HandlerTimedOut extends Error {
  override readonly name = 'HandlerTimedOut';
  readonly code = 'HANDLER_TIMED_OUT';
  readonly #item: Item;
  constructor(item: Item, timeoutMs: number) {
    super(
      `${item.handler.id} did not settle within ${timeoutMs} ms: end with delivery.signal what it waits for, or set its timeout`,
    );
    this.#item = item;
  }

  /** What was handled. (No property of its own, so that no log has it.) */
  get item(): Item {
    return this.#item;
  }
}

/** The inbox was stopped before the handler was done. It counts as no attempt: the event is delivered again. */
export class HandlerStopped extends Error {
  override readonly name = 'HandlerStopped';
  readonly code = 'HANDLER_STOPPED';
  constructor(handler: string) {
    super(`the service stops: ${handler} is run again after the next start`);
  }
}

/** Why an event was parked by a handler that insists on the sequence of its key. */
export class OutOfSequence extends Error {
  override readonly name = 'OutOfSequence';
  readonly code = 'OUT_OF_SEQUENCE';
  constructor({ expected, found }: { expected: bigint; found: bigint }) {
    super(`expected number ${expected} of this key, found ${found}: redrive to accept it, or discard it`);
  }
}

/** Why a record was given up without an error of its handler. */
export class EndedItsProcess extends Error {
  override readonly name = 'EndedItsProcess';
  readonly code = 'ENDED_ITS_PROCESS';
  /** `then`: what is to be done when the handler is mended. */
  constructor(starts: number, then = 'redrive it') {
    super(
      `at each of ${starts} starts the process ended while it handled nothing but this: mend its handler, then ${then}`,
    );
  }
}
