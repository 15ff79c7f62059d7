import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { Mailbox } from './mailbox.ts';

const LARGEST_MAIL = 10 * 1024 * 1024;

/** Listens for SMTP without sign-in or TLS and keeps every mail up to 10 MiB; an address is never refused. */
export async function receiveMail(mailbox: Mailbox, host: string, port: number) {
  const server = new SMTPServer({
    name: 'mail-sink',
    banner: 'keeps everything, delivers nothing',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    closeTimeout: 1000,
    onData(stream, _session, answer) {
      buffer(stream)
        .then((raw) => {
          if (stream.sizeExceeded) throw refusal(552, `The mail is larger than ${LARGEST_MAIL} bytes`);
          return mailbox.add(raw);
        })
        .then(
          ({ ID }) => answer(null, `Kept as ${ID}`),
          (error) => answer(error),
        );
    },
  });
  // A client that vanishes mid-session is its own affair; without a listener it would end the process.
  server.on('error', (error) => console.error(`smtp: ${error.message}`));
  const listener = server.listen(port, host);
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
