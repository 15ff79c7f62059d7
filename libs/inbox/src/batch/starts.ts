import { randomUUID } from 'node:crypto';
import type { ConsumedBatch } from '@everyhop/kafka';
import type { Logger } from '@everyhop/telemetry';
import { sql, type Kysely } from 'kysely';

/** In how many processes a record may be handled alone before it is set aside. */
export const maxStarts = 3;

/** What is to be done with a part of a batch. */
export interface Work {
  handle(part: ConsumedBatch): Promise<void>;
  /**
   * A record that ended `maxStarts` processes. `read`: whether it may be decoded; that, too, may be what ends them.
   */
  setAside(part: ConsumedBatch, read: boolean): Promise<void>;
}

/** What the process knows of a partition since it was given to it. */
interface Watch {
  generation: number;
  /** Where the one before has ended, if it has: the records from there on, to be handled one by one. */
  suspect?: { from: bigint; to: bigint };
  over: boolean;
}

/**
 * Finds the record that ends each process that handles it. A consumer that has been given a partition notes with which
 * records it begins, until it is through with what it has fetched first: all that a process before it may have had in
 * hand. Where that note is found by the next process, its records are handled one by one, each noted before, and
 * nothing else that is noted beside it, so that who is there three times when the process ends is the cause. Nothing is
 * noted after that, and a process that is killed from outside changes nothing but that it begins more slowly.
 */
export class Starts {
  readonly #db: Kysely<any>;
  readonly #logger: Logger;
  readonly #scope: string;
  readonly #owner = randomUUID();
  readonly #watches = new Map<string, Watch>();
  /** Ends when no record is handled alone. */
  #alone: Promise<unknown> = Promise.resolve();

  /** `scope` keeps its notes apart from those of others that read the same topic. Default: none. */
  constructor(db: Kysely<any>, logger: Logger, scope = '') {
    this.#db = db;
    this.#logger = logger;
    this.#scope = scope;
  }

  /** Has `batch` handled by `work`, in one part or in as many as it has records. */
  async handle(batch: ConsumedBatch, work: Work): Promise<void> {
    const watch = await this.#watchOf(batch);
    if (watch.over) return work.handle(batch);
    const { from, to } = watch.suspect ?? { from: 0n, to: 0n };
    const part = (fits: (offset: bigint) => boolean) => ({
      ...batch,
      messages: batch.messages.filter((message) => fits(offsetOf(message))),
    });
    const before = part((offset) => offset < from);
    if (before.messages.length > 0) await work.handle(before);
    for (const message of part((offset) => offset >= from && offset < to).messages) {
      await this.#oneAlone({ ...batch, messages: [message] }, work);
      await batch.heartbeat();
    }
    const behind = part((offset) => offset >= from && offset >= to);
    if (behind.messages.length > 0) {
      await this.#note(behind);
      await work.handle(behind);
    }
    if (!batch.isLast || offsetOf(batch.messages.at(-1)!) + 1n < to) return;
    watch.over = true;
    await this.#forget(batch);
  }

  async #watchOf(batch: ConsumedBatch): Promise<Watch> {
    const name = `${batch.topic}/${batch.partition}`;
    const known = this.#watches.get(name);
    if (known?.generation === batch.generation) return known;
    const { topic, partition, generation } = batch;
    const { rows } = await sql<{ from: string; to: string; owner: string }>`
      select kafka_offset as "from", last_offset + 1 as "to", owner from inbox_start
      where topic = ${this.#scope + topic} and partition = ${partition}`.execute(this.#db);
    const found = rows.map(({ from, to, owner }) => ({ from: BigInt(from), to: BigInt(to), owner }))[0];
    // What is committed was finished, whoever began it.
    const isSuspect = found && found.owner !== this.#owner && found.to > offsetOf(batch.messages[0]!);
    const watch: Watch = { generation, over: false, ...(isSuspect && { suspect: found }) };
    this.#watches.set(name, watch);
    if (isSuspect) {
      const fields = { partition: name, from: String(found.from), to: String(found.to - 1n) };
      this.#logger.warn(fields, 'the process before ended with these records; handling them one by one');
    }
    return watch;
  }

  // One at a time in the whole process: of two, nobody could say which has ended it.
  #oneAlone(one: ConsumedBatch, work: Work): Promise<void> {
    const done = this.#alone.then(async () => {
      const starts = await this.#note(one, true);
      if (starts > maxStarts) return work.setAside(one, starts === maxStarts + 1);
      try {
        await work.handle(one);
      } catch (error) {
        // The process lives on: it waits for what is away, perhaps until somebody kills it.
        await this.#forget(one).catch(() => {});
        throw error;
      }
    });
    this.#alone = done.catch(() => {});
    return done;
  }

  /** Returns in how many processes the record has been handled alone, this one included. */
  async #note({ topic, partition, messages }: ConsumedBatch, alone = false): Promise<number> {
    const [first, last] = [messages[0]!.offset, messages.at(-1)!.offset];
    const { rows } = await sql<{ starts: number }>`
      insert into inbox_start as s (topic, partition, kafka_offset, last_offset, starts, owner)
      values (${this.#scope + topic}, ${partition}, ${first}::bigint, ${last}::bigint, ${Number(alone)}, ${this.#owner})
      on conflict (topic, partition) do update set
        kafka_offset = excluded.kafka_offset, last_offset = excluded.last_offset, owner = excluded.owner, begun_at = now(),
        starts = case
          when excluded.starts = 1 and s.kafka_offset = excluded.kafka_offset
          then s.starts + (s.owner <> excluded.owner or s.starts = 0)::int
          else excluded.starts end
      returning starts`.execute(this.#db);
    return rows[0]!.starts;
  }

  /** Removes all notes of its scope about `topic`. */
  async forgetAll(topic: string): Promise<void> {
    await sql`delete from inbox_start where topic = ${this.#scope + topic}`.execute(this.#db);
  }

  async #forget({ topic, partition }: ConsumedBatch): Promise<void> {
    await sql`delete from inbox_start where topic = ${this.#scope + topic} and partition = ${partition}`.execute(
      this.#db,
    );
  }
}

const offsetOf = ({ offset }: { offset: string }) => BigInt(offset);
