/** An event that Kafka or its consumers would refuse: its author is told, before anything is written. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  readonly code = 'EVENT_TOO_LARGE';
  constructor(what: string, bytes: number, limit: number) {
    super(
      `${what} has ${bytes} bytes, ${limit} are allowed: store large content elsewhere and publish where it is`,
    );
  }
}

/** A value was published that no event constructor made. */
export class NotAnEvent extends Error {
  override readonly name = 'NotAnEvent';
  readonly code = 'NOT_AN_EVENT';
  constructor(value: unknown) {
    super(`expected an event such as OrderPlaced({ … }), got ${JSON.stringify(value) ?? String(value)}`);
  }
}

/** A statement was asked for after its transaction had ended: something in it was not awaited. */
export class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
  readonly code = 'TRANSACTION_OVER';
  constructor() {
    super('the transaction is over: await everything in it before it ends');
  }
}

/** A statement was asked for that would begin or end the transaction in which it is asked for; it was not sent. */
export class NotYoursToEnd extends Error {
  override readonly name = 'NotYoursToEnd';
  readonly code = 'NOT_YOURS_TO_END';
  constructor(statement: string) {
    super(
      `${statement} in a transaction that begins and ends by itself: return to commit it, throw to undo it, and use inSavepoint for a part of it`,
    );
  }
}
