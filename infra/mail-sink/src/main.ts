import { startMailSink } from './mail-sink.ts';

const { HOST, SMTP_PORT, HTTP_PORT, MAIL_DIR, MAX_MESSAGES } = process.env;
const sink = await startMailSink({
  host: HOST,
  smtpPort: Number(SMTP_PORT ?? 4025),
  httpPort: Number(HTTP_PORT ?? 4080),
  folder: MAIL_DIR,
  messages: Number(MAX_MESSAGES ?? 1000),
});
console.log(`Mail sent to ${sink.smtpUrl} can be read at ${sink.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sink.stop());
