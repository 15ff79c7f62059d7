import { format, getFileInfo, resolveConfig } from 'prettier';

/**
 * `text` as prettier writes the file at `path` in this repository, wherever it is going to be written; as it is, when
 * prettier knows no such files. Rejects with a `SyntaxError` when it can't be read.
 */
export async function pretty(path: string, text: string): Promise<string> {
  const { inferredParser: parser } = await getFileInfo(path);
  return parser ? format(text, { ...(await resolveConfig(import.meta.filename)), parser }) : text;
}
