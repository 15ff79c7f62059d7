import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { type FieldProblem, Problem } from './problem.ts';

type Issue = { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] };

/**
 * Checks each parameter that names a schema, `@Body({ schema })`; answers 422 with all of its bad fields, and 404 when
 * they are in the path, as that leads to nothing then.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { schema } = metadata;
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    const errors = result.issues.map((issue) => toFieldProblem(issue, metadata));
    if (metadata.type === 'param')
      throw new Problem({ status: 404, detail: 'There is nothing at this path: see errors.', errors });
    const detail = 'The request is not valid: see errors, one for each bad field.';
    throw new Problem({ status: 422, detail, errors });
  }
}

function toFieldProblem(
  { message: detail, path = [] }: Issue,
  { type, data }: ArgumentMetadata,
): FieldProblem {
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  if (type === 'body') return { detail, pointer: toPointer(data === undefined ? keys : [data, ...keys]) };
  return { detail, parameter: data ?? keys[0] };
}

/** The URI fragment form of a JSON pointer (RFC 6901): `#/lines/0/quantity`. */
const toPointer = (keys: string[]): string =>
  ['#', ...keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')))].join('/');
