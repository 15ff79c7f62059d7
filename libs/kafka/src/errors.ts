import type { EventType } from '@everyhop/events';

/** The registry did not answer; the same call may succeed later. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
  readonly code = 'REGISTRY_UNAVAILABLE';
  constructor(options: ErrorOptions) {
    super('the schema registry does not answer', options);
  }
}

/** A schema is used before it was deployed. */
export class SchemaNotRegistered extends Error {
  override readonly name = 'SchemaNotRegistered';
  readonly code = 'SCHEMA_NOT_REGISTERED';
  constructor(type: EventType<any>, cause: unknown) {
    super(
      `${type.type} v${type.version} is not in the schema registry: deploy it first, with deployEvents() or ./dev events register`,
      { cause },
    );
  }
}

/** The registry refuses a schema, since readers of it or of a version before could not read all events. */
export class IncompatibleSchema extends Error {
  override readonly name = 'IncompatibleSchema';
  readonly code = 'INCOMPATIBLE_SCHEMA';
  constructor(type: EventType<any>, reasons: readonly string[], cause: Error) {
    const why = reasons.join(' ') || cause.message;
    super(`the schema registry refuses ${type.type} v${type.version}: ${why}`, { cause });
  }
}

/** Bytes that can't be read, and that no retry will make readable unless it is an `UnknownSchema`. */
export class Undecodable extends Error {
  override readonly name: string = 'Undecodable';
  readonly code: string = 'UNDECODABLE';
}

/** Bytes of a schema that the registry does not know: it may be garbage, or the registry lags behind or is restored. */
export class UnknownSchema extends Undecodable {
  override readonly name = 'UnknownSchema';
  override readonly code = 'UNKNOWN_SCHEMA';
}
