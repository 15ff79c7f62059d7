import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMessage, type Message } from './message.ts';

/** How much a mailbox keeps; the newest mail stays, however large it is. */
export interface MailboxLimits {
  /** Mails kept; the oldest go first. Default 1000. */
  messages?: number;
  /** Bytes of mail kept. Default 64 MiB. */
  bytes?: number;
}

/** The mails received, newest first; with a folder they survive a restart. */
export class Mailbox {
  /** Newest first. */
  readonly messages: Message[] = [];
  readonly #folder: string | undefined;
  readonly #limits: Required<MailboxLimits>;

  private constructor(folder: string | undefined, limits: MailboxLimits) {
    this.#folder = folder;
    this.#limits = { messages: 1000, bytes: 64 * 1024 * 1024, ...limits };
  }

  /** Opens the mailbox with what its folder holds; without a folder it is kept in memory only. */
  static async open(folder?: string, limits: MailboxLimits = {}): Promise<Mailbox> {
    const mailbox = new Mailbox(folder, limits);
    if (!folder) return mailbox;
    await mkdir(folder, { recursive: true });
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort()) {
      await mailbox.#keep(file.slice(0, -'.eml'.length), await readFile(join(folder, file)));
    }
    return mailbox;
  }

  /** Keeps a mail; when this returns it is in the folder, so that SMTP may accept it. */
  async add(raw: Buffer): Promise<Message> {
    const id = `${Date.now()}-${randomBytes(6).toString('hex')}`;
    if (this.#folder) {
      const partial = join(this.#folder, `${id}.part`);
      await writeFile(partial, raw, { flush: true });
      await rename(partial, this.#file(id)!);
    }
    return this.#keep(id, raw);
  }

  /** The mail of that ID, or the newest for `latest`. */
  get(id: string): Message | undefined {
    return id === 'latest' ? this.messages[0] : this.messages.find((message) => message.ID === id);
  }

  /** How many times a mail with this one's Message-ID was received: more than 1 tells of a sender that repeated itself. */
  timesReceived(message: Message): number {
    if (!message.MessageID) return 1;
    return this.messages.filter((other) => other.MessageID === message.MessageID).length;
  }

  async #keep(id: string, raw: Buffer): Promise<Message> {
    const message = await parseMessage(id, new Date(Number(id.split('-')[0])), raw);
    this.messages.unshift(message);
    let bytes = this.messages.reduce((sum, { Size }) => sum + Size, 0);
    while (
      this.messages.length > this.#limits.messages ||
      (bytes > this.#limits.bytes && this.messages.length > 1)
    ) {
      const oldest = this.messages.pop()!;
      bytes -= oldest.Size;
      if (this.#folder) await rm(this.#file(oldest.ID)!, { force: true });
    }
    return message;
  }

  #file(id: string): string | undefined {
    return this.#folder && join(this.#folder, `${id}.eml`);
  }
}
