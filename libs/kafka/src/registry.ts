import {
  COMPATIBILITY,
  SchemaRegistry as RegistryClient,
  SchemaType,
} from '@kafkajs/confluent-schema-registry';
import type { Type } from 'avsc';
import type { DomainEvent, EventType } from '@everyhop/events';
import {
  IncompatibleSchema,
  RegistryUnavailable,
  SchemaNotRegistered,
  Undecodable,
  UnknownSchema,
} from './errors.ts';
import { explainRefusal } from './explain-refusal.ts';
import { authorizationOf, type RegistryConnection } from './servers.ts';

type Decoder = (payload: Buffer) => unknown;

const MAGIC_BYTE = 0;
const PREFIX_BYTES = 5;

// Who asks holds a transaction or a partition meanwhile, and the client by itself waits without end.
const timeout = 3_000;

/**
 * Writes and reads Avro in the Confluent wire format (one zero byte, the schema's id in four bytes, the Avro body).
 * The subject of a schema is its record name (`shop.OrderPlaced`). Ids and decoders are cached for good.
 * Making one asks nothing of the registry yet.
 */
export class SchemaRegistry {
  readonly #connection: RegistryConnection;
  readonly #client: RegistryClient;
  readonly #ids = new Map<EventType<any>, Promise<number>>();
  readonly #decoders = new Map<EventType<any>, Map<number, Decoder>>();

  constructor(connection: RegistryConnection) {
    this.#connection = connection;
    const retry = { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 };
    this.#client = new RegistryClient({
      host: connection.url,
      auth: connection.auth,
      retry,
      middlewares: [() => ({ prepareRequest: async (next) => (await next()).enhance({ timeout }) })],
    });
  }

  /**
   * Registers the schema of `type` (nothing happens when it is there already) and returns its id. The subject's
   * compatibility is FULL_TRANSITIVE: old and new readers and writers understand each other in every combination.
   * Throws `IncompatibleSchema`, which says which field breaks whom.
   */
  async register(type: EventType<any>): Promise<number> {
    const options = { subject: type.type, compatibility: COMPATIBILITY.FULL_TRANSITIVE };
    const registering = reachable(this.#client.register(confluentSchema(type), options));
    const { id } = await registering.catch(async (error) => {
      if (error.status !== 409) throw error;
      throw new IncompatibleSchema(type, await explainRefusal(this.#connection, type), error);
    });
    this.#ids.set(type, Promise.resolve(id));
    return id;
  }

  /** The id of the schema of `type`. Throws `SchemaNotRegistered`. */
  idOf(type: EventType<any>): Promise<number> {
    // A batch asks for it once an event at the same time: the registry must not be asked as often.
    const known = this.#ids.get(type);
    if (known) return known;
    const id = this.#lookUp(type);
    this.#ids.set(type, id);
    id.catch(() => this.#ids.delete(type));
    return id;
  }

  /** The bytes of `event`'s data, as they go to Kafka. */
  async encode({ eventType, data }: DomainEvent): Promise<Buffer> {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeInt32BE(await this.idOf(eventType), 1);
    return Buffer.concat([prefix, eventType.avro.toBuffer(data)]);
  }

  /**
   * The data in `bytes`, whatever version it was written with, as this `type` sees it.
   * Throws `Undecodable` when that can never succeed, `UnknownSchema` and `RegistryUnavailable` when it may later.
   */
  async decode<T>(type: EventType<T>, bytes: Buffer | null): Promise<T> {
    if (bytes === null || bytes.length < PREFIX_BYTES || bytes[0] !== MAGIC_BYTE)
      throw new Undecodable(`not Avro in the Confluent wire format: expected ${type.type}`);
    const id = bytes.readInt32BE(1);
    const decode = this.#decoders.get(type)?.get(id) ?? (await this.#decoder(type, id));
    try {
      return decode(bytes.subarray(PREFIX_BYTES)) as T;
    } catch (error) {
      throw new Undecodable(`not a ${type.type} as schema ${id} describes it`, { cause: error });
    }
  }

  /** Whether it answers others: a failure that concerns one schema only is none of the registry as a whole. */
  async answers(): Promise<boolean> {
    const headers = authorizationOf(this.#connection);
    try {
      const signal = AbortSignal.timeout(timeout);
      const { ok, body } = await fetch(`${this.#connection.url}/subjects`, { headers, signal });
      await body?.cancel();
      return ok;
    } catch {
      return false;
    }
  }

  async #lookUp(type: EventType<any>): Promise<number> {
    const answer = this.#client.getRegistryIdBySchema(type.type, confluentSchema(type));
    return reachable(answer).catch((error) => {
      throw error instanceof RegistryUnavailable ? error : new SchemaNotRegistered(type, error);
    });
  }

  // Resolving writer against reader is costly, so it is done once per pair.
  async #decoder(type: EventType<any>, id: number): Promise<Decoder> {
    const writer = (await reachable(this.#client.getSchema(id)).catch((error) => {
      throw error instanceof RegistryUnavailable
        ? error
        : new UnknownSchema(`no schema ${id} in the registry: expected ${type.type}`, { cause: error });
    })) as unknown as Type;
    const reader = type.avro;
    let decoder: Decoder;
    try {
      const resolver = reader.createResolver(writer);
      decoder = (payload) => reader.fromBuffer(payload, resolver);
    } catch (error) {
      throw new Undecodable(`schema ${id} can't be read as ${type.type}`, { cause: error });
    }
    const decoders = this.#decoders.get(type) ?? new Map<number, Decoder>();
    this.#decoders.set(type, decoders.set(id, decoder));
    return decoder;
  }
}

const confluentSchema = (type: EventType<any>) => ({
  type: SchemaType.AVRO as const,
  schema: JSON.stringify(type.schema),
});

// What the registry can answer of a schema: unknown, incompatible, invalid. Anything else is no answer: the client
// reports even a refused connection as status 400.
const answers = [404, 409, 422];

async function reachable<R>(request: Promise<R>): Promise<R> {
  try {
    return await request;
  } catch (error) {
    const { status } = error as { status?: number };
    if (status !== undefined && !answers.includes(status)) throw new RegistryUnavailable({ cause: error });
    throw error;
  }
}
