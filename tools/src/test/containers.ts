import { join } from 'node:path';
import { root } from '@everyhop/local';
import { runJest } from './jest.ts';
import { skipped, type Outcome } from './outcome.ts';
import { runCommand } from './run-command.ts';
import type { ComposeOptions } from './compose-project.ts';

// As those of services outside of this repository would be.
const files = ['libs/service/src/examples/handler.test.ts', 'libs/service/src/examples/outbox.test.ts'];
const unset = { KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', ADMIN_DATABASE_URL: '' };
// The containers are stopped after the tests; what would do so after a crash is one image more.
const noReaper = { TESTCONTAINERS_RYUK_DISABLED: 'true' };

/** Runs tests on engines that Testcontainers starts for them; skipped where no Docker engine answers. */
export async function containersStage({ logs, signal }: ComposeOptions): Promise<Outcome> {
  const log = join(logs, 'containers-engine.log');
  if ((await runCommand(['docker', 'info'], { log, signal })) !== 0)
    return skipped('no Docker engine answers');
  return runJest(
    'containers',
    { files },
    { logs, signal, env: { ...unset, ...noReaper }, setup: join(root, 'libs/testing/src/jest.ts') },
  );
}
