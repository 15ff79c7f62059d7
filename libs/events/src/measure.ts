import type avsc from 'avsc';

/** How much of an event is read at the most. */
export interface AvroLimits {
  /** Values in one event: fields of records, items of arrays, entries of maps. Default: 1,000,000. */
  maxValues: number;
  /** Records, arrays and maps within each other. Default: 64. */
  maxDepth: number;
}

/** What an event that any service publishes stays far below. */
export const defaultAvroLimits: Readonly<AvroLimits> = { maxValues: 1_000_000, maxDepth: 64 };

/**
 * Makes of a writer's schema what walks over bytes that were written with it, without making anything of them: it
 * throws when a length or a count in them is more than the bytes that are left can hold, or than `limits` allow. A
 * decoder believes what it reads, and allocates it.
 */
export function measurerOf(
  writer: avsc.Type,
  limits: AvroLimits = defaultAvroLimits,
): (bytes: Buffer) => void {
  const walk = new Compiler().walkOf(writer);
  return (bytes) => walk(new Walker(bytes, limits));
}

type Walk = (over: Walker) => void;

/** What avsc tells of a type. */
interface Node {
  readonly typeName: string;
  readonly fields: { type: Node }[];
  readonly types: Node[];
  readonly symbols: string[];
  readonly itemsType: Node;
  readonly valuesType: Node;
  readonly underlyingType: Node;
  readonly size: number;
}

class Walker {
  readonly #bytes: Buffer;
  readonly #limits: AvroLimits;
  #at = 0;
  #values = 0;
  #depth = 0;

  constructor(bytes: Buffer, limits: AvroLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  skip(size: number): void {
    if (!(size >= 0 && size <= this.#left())) throw new Error(`${size} bytes where ${this.#left()} are left`);
    this.#at += size;
  }

  /** A length, a count or an index: more bits than a number has are more than anything can be. */
  long(): number {
    let [value, factor] = [0, 1];
    for (let nth = 0; nth < longestVarint; nth++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('it breaks off in a number');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      factor *= 0x80;
    }
    throw new Error('a number of more than 64 bits');
  }

  skipLong(): void {
    const end = this.#at + longestVarint;
    while (this.#at < end) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('it breaks off in a number');
      if (byte < 0x80) return;
    }
    throw new Error('a number of more than 64 bits');
  }

  choice(of: number, what: string): number {
    const index = this.long();
    if (!(index >= 0 && index < of)) throw new Error(`${what} ${index} where there are ${of}`);
    return index;
  }

  enter(values: number): void {
    const { maxDepth, maxValues } = this.#limits;
    if (++this.#depth > maxDepth) throw new Error(`nested deeper than maxDepth, ${maxDepth}`);
    this.#count(values, maxValues);
  }

  leave(): void {
    this.#depth--;
  }

  /** The items of an array or a map, in blocks; `least`: the fewest bytes of one. */
  blocks(least: number, item: () => void): void {
    this.enter(0);
    for (let count = this.long(); count !== 0; count = this.long()) {
      // A negative count is followed by the size of its block, by which a reader that does not want it may skip it.
      const size = count < 0 ? this.long() : undefined;
      if (count < 0) count = -count;
      const left = this.#left();
      if (count * least > left || (size !== undefined && !(size >= 0 && size <= left)))
        throw new Error(`${count} items where ${left} bytes are left`);
      this.#count(count, this.#limits.maxValues);
      const end = this.#at + (size ?? 0);
      for (let nth = 0; nth < count; nth++) item();
      if (size !== undefined && this.#at !== end)
        throw new Error('a block of items of another size than it says');
    }
    this.leave();
  }

  /** Keys that a JavaScript object can't have as its own would be lost without a word. */
  key(): void {
    const size = this.long();
    const from = this.#at;
    this.skip(size);
    if (size === 9 && this.#bytes.toString('latin1', from, this.#at) === '__proto__')
      throw new Error('a map with the key __proto__');
  }

  #left(): number {
    return this.#bytes.length - this.#at;
  }

  #count(values: number, most: number): void {
    this.#values += values;
    if (this.#values > most) throw new Error(`more values than maxValues, ${most}`);
  }
}

const longestVarint = 10;

class Compiler {
  readonly #records = new Map<Node, Walk>();
  readonly #leasts = new Map<Node, number>();

  walkOf(type: avsc.Type): Walk {
    return this.#walkOf(type as unknown as Node);
  }

  #walkOf(type: Node): Walk {
    const kind = type.typeName;
    if (kind.startsWith('logical:')) return this.#walkOf(type.underlyingType);
    if (kind === 'record' || kind === 'error') return this.#record(type);
    if (kind === 'array') return this.#blocks(type.itemsType, (over, item) => item(over));
    if (kind === 'map')
      return this.#blocks(type.valuesType, (over, item) => {
        over.key();
        item(over);
      });
    if (kind.startsWith('union')) {
      const branches = type.types.map((branch) => this.#walkOf(branch));
      return (over) => branches[over.choice(branches.length, 'branch')]!(over);
    }
    if (kind === 'enum') return (over) => void over.choice(type.symbols.length, 'symbol');
    if (kind === 'string' || kind === 'bytes') return (over) => over.skip(over.long());
    const size = kind === 'fixed' ? type.size : sizes[kind];
    return size === undefined ? (over) => over.skipLong() : (over) => over.skip(size);
  }

  #record(type: Node): Walk {
    const known = this.#records.get(type);
    if (known) return known;
    const fields: Walk[] = [];
    const walk = (over: Walker) => {
      over.enter(fields.length);
      for (const field of fields) field(over);
      over.leave();
    };
    this.#records.set(type, walk);
    for (const field of type.fields) fields.push(this.#walkOf(field.type));
    return walk;
  }

  #blocks(type: Node, entry: (over: Walker, item: Walk) => void): Walk {
    const item = this.#walkOf(type);
    const least = leastOf(type, this.#leasts);
    return (over) => over.blocks(least, () => entry(over, item));
  }
}

/** Of the types that have one; of the others a varint. */
const sizes: Record<string, number | undefined> = { null: 0, boolean: 1, float: 4, double: 8 };

/**
 * The fewest bytes in which a value of `type` can be written. A type within itself counts as none, and each is looked at
 * once: a few that name each other twice make a tree of any size.
 */
function leastOf(type: Node, known: Map<Node, number>): number {
  const kind = type.typeName;
  if (kind.startsWith('logical:')) return leastOf(type.underlyingType, known);
  if (kind.startsWith('union')) return 1 + Math.min(...type.types.map((branch) => leastOf(branch, known)));
  if (kind === 'fixed') return type.size;
  if (kind !== 'record' && kind !== 'error') return sizes[kind] ?? 1;
  if (!known.has(type)) {
    known.set(type, 0);
    const least = type.fields.reduce((sum, field) => sum + leastOf(field.type, known), 0);
    known.set(type, least);
  }
  return known.get(type)!;
}
