import {
  COMPATIBILITY,
  SchemaRegistry as RegistryClient,
  SchemaType,
} from '@kafkajs/confluent-schema-registry';
import { withDefaults } from '@everyhop/telemetry/internal';
import type { Type } from 'avsc';
import { type AvroLimits, type DomainEvent, type EventType, InvalidEvent } from '@everyhop/events';
import { assertUnbroken, defaultAvroLimits, measurerOf, readerOf } from '@everyhop/events/internal';
import {
  IncompatibleSchema,
  RegistryUnavailable,
  SchemaNotRegistered,
  Undecodable,
  UnknownSchema,
} from '../errors.ts';
import { explainRefusal } from './explain-refusal.ts';
import { demandFullTransitive } from './full-transitive.ts';
import { Unanswered } from './unanswered.ts';
import { authorizationOf, type RegistryConnection } from '../connection/servers.ts';

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
  readonly #measurers = new Map<EventType<any>, (bytes: Buffer) => void>();
  readonly #unanswered = new Unanswered();
  readonly #limits: RegistryLimits;

  constructor(connection: RegistryConnection) {
    this.#connection = connection;
    this.#limits = withDefaults(defaultLimits, connection.limits ?? {});
    const { maxSchemaBytes } = this.#limits;
    const retry = { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 };
    this.#client = new RegistryClient({
      host: connection.url,
      auth: connection.auth,
      retry,
      middlewares: [
        () => ({
          prepareRequest: async (next) => (await next()).enhance({ timeout }),
          response: async (next) => assertSize(await next(), maxSchemaBytes),
        }),
      ],
    });
  }

  /**
   * Registers the schema of `type` (nothing happens when it is there already) and returns its id. The subject's
   * compatibility is FULL_TRANSITIVE: old and new readers and writers understand each other in every combination.
   * Throws `IncompatibleSchema`, which says which field breaks whom, and `RegistryUnavailable`; after that, or a crash
   * halfway, it can be called again.
   */
  async register(type: EventType<any>): Promise<number> {
    // First of all: the client would set it after the schema, and refuse a subject where it never came to that.
    await demandFullTransitive(this.#connection, type.type);
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

  /** The bytes of `event`'s data, as they go to Kafka. Throws `InvalidEvent` when no reader would take them. */
  async encode(event: DomainEvent): Promise<Buffer> {
    const { eventType, data } = event;
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeInt32BE(await this.idOf(eventType), 1);
    assertUnbroken(event);
    const body = eventType.avro.toBuffer(data);
    this.#assertReadable(eventType, body);
    return Buffer.concat([prefix, body]);
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

  /** What is beyond the limits of those who read fails here, at its author. */
  #assertReadable(type: EventType<any>, body: Buffer): void {
    const measure = this.#measurers.get(type) ?? measurerOf(type.avro, this.#limits);
    this.#measurers.set(type, measure);
    try {
      measure(body);
    } catch (error) {
      throw new InvalidEvent(type.type, [(error as Error).message]);
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
    const writer = await this.#writer(id, type);
    let decoder: Decoder;
    try {
      decoder = readerOf(type.avro, writer, this.#limits);
    } catch (error) {
      throw new Undecodable(`schema ${id} can't be read as ${type.type}`, { cause: error });
    }
    const decoders = this.#decoders.get(type) ?? new Map<number, Decoder>();
    this.#decoders.set(type, decoders.set(id, decoder));
    return decoder;
  }

  async #writer(id: number, { type }: EventType<any>): Promise<Type> {
    if (this.#unanswered.has(id)) {
      if (!(await this.answers())) throw new RegistryUnavailable({});
      if (this.#unanswered.isBlamed(id))
        throw new UnknownSchema(`the registry answers, but never gives schema ${id}: expected ${type}`);
    }
    try {
      const writer = await reachable(this.#client.getSchema(id));
      this.#unanswered.delete(id);
      return writer as unknown as Type;
    } catch (error) {
      if (!(error instanceof RegistryUnavailable))
        throw new UnknownSchema(`no schema ${id} in the registry: expected ${type}`, { cause: error });
      this.#unanswered.add(id);
      throw error;
    }
  }
}

interface RegistryLimits extends AvroLimits {
  maxSchemaBytes: number;
}

const defaultLimits: RegistryLimits = { ...defaultAvroLimits, maxSchemaBytes: 262_144 };

// Compiling a schema takes the longer the larger it is, and holds up everything meanwhile.
function assertSize<R extends { rawData(): string | null }>(answer: R, most: number): R {
  const size = answer.rawData()?.length ?? 0;
  if (size > most) throw new Error(`a schema of ${size} bytes, and maxSchemaBytes is ${most}`);
  return answer;
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
