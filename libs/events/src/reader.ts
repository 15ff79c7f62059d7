import avsc from 'avsc';
import { type AvroLimits, measurerOf } from './measure.ts';

/**
 * Makes what reads bytes that were written with the schema `writer` as `reader` sees them; both it and the check of the
 * contracts use this one. Records and enums within an event match by their names without a namespace, as Avro says;
 * the event itself by its full name. It throws when the bytes are not what `writer` says, or more than `limits`.
 * Throws when there can be none. Costs milliseconds: make it once for a pair.
 */
export function readerOf(
  reader: avsc.Type,
  writer: avsc.Type,
  limits?: AvroLimits,
): (bytes: Buffer) => unknown {
  if (reader.name !== writer.name)
    throw new Error(`it is a ${writer.name ?? writer.typeName}, not a ${reader.name}`);
  const resolver = reader.createResolver(writer, { ignoreNamespaces: true });
  const measure = measurerOf(writer, limits);
  return (bytes) => {
    measure(bytes);
    return reader.fromBuffer(bytes, resolver);
  };
}

/** A schema by which something was written, whoever wrote it. */
export const writerType = (schema: object): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema);
