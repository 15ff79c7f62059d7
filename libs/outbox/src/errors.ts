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
