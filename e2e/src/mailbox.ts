import { waitUntil } from '@everyhop/testing';
import { addresses } from './addresses.ts';

/** A mail as it was received. */
export interface Mail {
  ID: string;
  MessageID: string;
  Subject: string;
  To: { Name: string; Address: string }[];
  Text: string;
}

/** Everything received for `email`, every copy, the newest first. */
export async function mailsTo(email: string): Promise<Mail[]> {
  const found = await get<{ messages: Mail[] }>(`search?query=${encodeURIComponent(`to:${email}`)}`);
  return Promise.all(found.messages.map(({ ID }) => get<Mail>(`message/${ID}`)));
}

/** The mails to `email`, when there is one. */
export const mailArrived = (email: string): Promise<Mail[]> =>
  waitUntil(`${email} has got mail`, async () => {
    const mails = await mailsTo(email);
    return mails.length > 0 && mails;
  });

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`${addresses.mail}/api/v1/${path}`);
  return (await response.json()) as T;
}
