import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A moment of an SMTP session at which the server may do something else than it usually would. */
export type Moment = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'content' | 'RSET';

/** What a mail server was given: whole mails, also those that it refused or did not answer to. */
export interface Taken {
  messageId: string;
  to: string;
}

/** Gives the answer, or ends the connection with `drop`, or says nothing with `silence`; `undefined`: as usual. */
export type Script = (moment: Moment, to: string) => string | undefined | Promise<string | undefined>;

const usual: Record<Moment, string> = {
  greeting: '220 test',
  EHLO: '250-test\r\n250 PIPELINING',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  content: '250 queued',
  RSET: '250 ok',
};

/** A mail server on 127.0.0.1 that speaks SMTP and otherwise does what its script says. For tests. */
export class SmtpServer implements AsyncDisposable {
  readonly taken: Taken[] = [];
  readonly connections = new Set<Socket>();
  /** How many there ever were. */
  opened = 0;
  script: Script = () => undefined;
  readonly #server = net.createServer((socket) => {
    // A client may vanish.
    this.#serve(socket).catch(() => {});
  });

  /** Starts one on a free port. */
  static async start(script?: Script): Promise<SmtpServer> {
    const it = new SmtpServer();
    if (script) it.script = script;
    await once(it.#server.listen(0, '127.0.0.1'), 'listening');
    return it;
  }

  /** For `SMTP_URL`. */
  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The addresses of the mails taken. */
  get recipients(): string[] {
    return this.taken.map(({ to }) => to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    await once(this.#server.close(), 'close');
  }

  async #serve(socket: Socket): Promise<void> {
    this.opened++;
    this.connections.add(socket);
    socket.on('error', () => {}).on('close', () => this.connections.delete(socket));
    let to = '';
    let hasRecipient = false;
    let content: string[] | undefined;
    const answer = async (moment: Moment) => {
      const noRecipient = moment === 'DATA' && !hasRecipient ? '503 no recipient' : undefined;
      const text = noRecipient ?? (await this.script(moment, to)) ?? usual[moment] ?? '500 what?';
      if (moment === 'RCPT') hasRecipient = text.startsWith('250');
      if (text === 'drop') socket.destroy();
      else if (text !== 'silence') socket.write(`${text}\r\n`);
      return text;
    };
    await answer('greeting');
    for await (const line of createInterface({ input: socket })) {
      if (content && line !== '.') content.push(line);
      else if (content) {
        const messageId = content.find((header) => header.startsWith('Message-ID: '))?.slice(12) ?? '';
        content = undefined;
        this.taken.push({ messageId, to });
        await answer('content');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else {
        const command = line.slice(0, 4) as Moment;
        if (command === 'RCPT') to = /<(.*)>/.exec(line)![1]!;
        if ((await answer(command)).startsWith('354')) content = [];
      }
    }
  }
}
