import { getJson } from './shop-api.ts';

/** The page of the newest mail to `address` in the mail sink or Mailpit at `mail`; undefined when there is none. */
export async function findEmail(mail: string, address: string): Promise<string | undefined> {
  const query = encodeURIComponent(`to:${address}`);
  const { messages } = await getJson(`${mail}/api/v1/search?query=${query}`).catch(() => ({ messages: [] }));
  return messages[0] && `${mail}/view/${messages[0].ID}`;
}
