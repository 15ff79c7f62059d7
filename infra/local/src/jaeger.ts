import { cp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { download } from './download.ts';
import { answersHttp } from './health.ts';
import { onPath } from './machine.ts';
import { root } from './settings.ts';

const version = '2.13.0';
// Jaeger 2.13.0 and 1.76.0 are one release: its page and its module (whose path has no /v2) have the v1 number.
const goModule = 'github.com/jaegertracing/jaeger';
const goVersion = 'v1.76.0';
const releases = `https://${goModule}/releases/download/${goVersion}`;

/** Jaeger 2 with traces in memory. The system works without it, so nothing waits until it is fetched or built. */
export function jaeger(options: {
  port: number;
  otlpPort: number;
  grpcPort: number;
  healthPort: number;
}): Component {
  const { port, otlpPort, grpcPort, healthPort } = options;
  return {
    name: 'jaeger',
    needs: [],
    ports: [port, otlpPort, grpcPort, healthPort],
    url: `http://127.0.0.1:${port}`,
    optional: true,
    async prepare(workshop) {
      return {
        command: [await findJaeger(workshop), '--config', join(root, 'infra/jaeger/config.yaml')],
        env: {
          JAEGER_LISTEN_HOST: '127.0.0.1',
          JAEGER_UI_PORT: String(port),
          JAEGER_OTLP_PORT: String(otlpPort),
          JAEGER_GRPC_PORT: String(grpcPort),
          JAEGER_HEALTH_PORT: String(healthPort),
          GOMEMLIMIT: '128MiB',
        },
      };
    },
    health: answersHttp(`http://127.0.0.1:${healthPort}/status`),
  };
}

async function findJaeger(workshop: Workshop): Promise<string> {
  const installed = await onPath('jaeger').catch(() => undefined);
  if (installed) return installed;
  const folder = await cached(workshop.cache, `jaeger-${version}`, async (draft) => {
    const binary = join(draft, 'jaeger');
    const reasons: string[] = [];
    for (const source of [fromRelease, fromGoModule]) {
      try {
        return await source(workshop, binary);
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new Error(
      `There are no traces to look at, because Jaeger could not be had (${reasons.join('; ')}). ` +
        `Everything else works. Put jaeger ${version} or Go 1.25 on the PATH and start again.`,
    );
  });
  return join(folder, 'jaeger');
}

/** The release and the checksums that it publishes. */
async function fromRelease(workshop: Workshop, binary: string): Promise<void> {
  const processor = ({ x64: 'amd64' } as Record<string, string>)[process.arch] ?? process.arch;
  const name = `jaeger-${version}-linux-${processor}`;
  const archive = `${binary}.tar.gz`;
  const sums = `${binary}.sums`;
  await download(workshop, 'the checksum', `${releases}/jaeger-${version}.sha256sum.txt`, sums, 'sha256');
  const sum = await download(workshop, `Jaeger ${version}`, `${releases}/${name}.tar.gz`, archive, 'sha256');
  if (!(await readFile(sums, 'utf8')).includes(`${sum} *${name}.tar.gz`))
    throw new Error('what was downloaded does not have the checksum of the release');
  await workshop.run([
    'tar',
    '-xzf',
    archive,
    '--no-same-owner',
    '--strip-components=1',
    '-C',
    dirname(binary),
    `${name}/jaeger`,
  ]);
  await rm(archive);
  await rm(sums);
}

/** Some minutes on two cores. Its go.mod has replace directives, which `go install` refuses: it is built in a copy. */
async function fromGoModule(workshop: Workshop, binary: string): Promise<void> {
  const go = await onPath('go');
  const work = `${binary}-build`;
  const env = {
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=mod -buildvcs=false -trimpath -modcacherw',
    GOMODCACHE: join(work, 'modules'),
    GOCACHE: join(work, 'objects'),
  };
  try {
    workshop.say('fetching the source, to build it in the background');
    await workshop.run([go, 'mod', 'download', `${goModule}@${goVersion}`], { env });
    const source = join(work, 'source');
    await cp(join(env.GOMODCACHE, `${goModule}@${goVersion}`), source, { recursive: true });
    workshop.say('being built in the background, some minutes, only once');
    const stamp = `-s -w -X ${goModule}/internal/version.latestVersion=v${version}`;
    await workshop.run(['nice', '-n', '19', go, 'build', '-ldflags', stamp, '-o', binary, './cmd/jaeger'], {
      cwd: source,
      env,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
