import type { AvroSchema } from '@everyhop/events/internal';
// Not from the index: the generated code may be what has to be repaired.
import { incompatibilities } from '@everyhop/events/internal';
import type { EventSchema } from './schemas.ts';

/** Whoever reads one version can read every other, and itself: a sentence for each field of which that is not so. */
export function checkVersions(schemas: readonly EventSchema[]): string[] {
  return schemas.flatMap((newer, index) => {
    const earlier = schemas
      .slice(0, index)
      .filter(({ owner, folder }) => owner === newer.owner && folder === newer.folder);
    const moved = earlier.find(
      ({ schema }) => schema.topic !== newer.schema.topic || schema.key !== newer.schema.key,
    );
    const problems = moved
      ? [`topic and key must stay what they are in ${moved.path}.`]
      : incompatibilities([...earlier, newer].map(numbered), numbered(newer));
    return problems.map((problem) => `${newer.path}: ${problem}`);
  });
}

const numbered = ({ version, schema }: EventSchema) => ({
  version: `v${version}`,
  schema: schema as unknown as AvroSchema,
});
