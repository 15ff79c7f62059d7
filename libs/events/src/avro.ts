import { isDate } from 'node:util/types';
import avsc from 'avsc';
import { NumberType, SmallNumberType, SymbolType, TextMapType, TextType } from './strict-types.ts';
import { unreadableNames } from './names.ts';

/** The schema of an event: an Avro record whose namespace is its owner. */
export interface AvroSchema {
  readonly type: 'record';
  readonly namespace: string;
  readonly name: string;
  readonly doc?: string;
  readonly fields: readonly object[];
  readonly [attribute: string]: unknown;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `uuid` on a string: a string in the form of RFC 9562. */
class UuidType extends avsc.types.LogicalType {
  protected override _fromValue(value: string): string {
    return value;
  }
  protected override _toValue(value: unknown): string | undefined {
    return typeof value === 'string' && UUID.test(value) ? value : undefined;
  }
  protected override _resolve(writer: avsc.Type) {
    return avsc.Type.isType(writer, 'string', 'logical:uuid') ? this._fromValue : undefined;
  }
}

/** `timestamp-millis` on a long: a Date. */
class TimestampType extends avsc.types.LogicalType {
  protected override _fromValue(value: number | bigint | Date): Date {
    return isDate(value) ? value : new Date(Number(value));
  }
  protected override _toValue(value: unknown): number | undefined {
    // avsc doubles a long to move its sign, so times beyond the year 144,683 would lose bits; NaN is no integer.
    return isDate(value) && Number.isSafeInteger(2 * value.getTime()) ? value.getTime() : undefined;
  }
  protected override _resolve(writer: avsc.Type) {
    const readable = ['int', 'long', 'abstract:long', 'logical:timestamp-millis'];
    return avsc.Type.isType(writer, ...readable) ? this._fromValue : undefined;
  }
}

// avsc packs the bytes before it asks for the next, so one scratch buffer serves all.
const scratch = Buffer.alloc(8);
const scratchView = new DataView(scratch.buffer, scratch.byteOffset, 8);

/** `long`: a bigint, so that no amount is ever rounded. */
const bigintLong = avsc.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    scratchView.setBigInt64(0, value, true);
    return scratch;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (left: bigint, right: bigint) => (left === right ? 0 : left < right ? -1 : 1),
});

const strict: Record<string, avsc.Type> = {
  long: bigintLong,
  string: new TextType(),
  float: new SmallNumberType(),
  double: new NumberType(),
};

function strictType(schema: unknown, options: avsc.ForSchemaOptions): avsc.Type | undefined {
  const kind = (schema as { type?: unknown }).type;
  if (kind === 'enum') return new SymbolType(schema, options);
  if (kind === 'map') return new TextMapType(schema, options);
  return undefined;
}

/**
 * Compiles a schema: `long` is a bigint, `timestamp-millis` a Date, `uuid` a checked string, a union's value is
 * written without its branch. Valid is what every reader gets as it was, see {@link isStorable}. Throws on a name that
 * no reader could find, see {@link unreadableNames}. Costs milliseconds: compile once, keep the type.
 */
export function avroType(schema: AvroSchema): avsc.Type {
  const [unreadable] = unreadableNames(schema);
  if (unreadable) throw new Error(unreadable);
  return avsc.Type.forSchema(schema as unknown as avsc.Schema, {
    registry: { ...strict },
    typeHook: strictType as avsc.ForSchemaOptions['typeHook'],
    logicalTypes: { uuid: UuidType, 'timestamp-millis': TimestampType },
    assertLogicalTypes: true,
    wrapUnions: 'never',
    omitRecordMethods: true,
  });
}
