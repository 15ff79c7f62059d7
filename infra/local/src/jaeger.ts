import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import type { Component, Workshop } from './component.ts';
import { environmentOf, versionOf } from './compose.ts';
import { firstOf } from './first-of.ts';
import { answersHttp } from './health.ts';
import { onPath } from './machine.ts';
import { goProcessor, unpackRelease } from './release.ts';
import { root } from './settings.ts';

const version = versionOf('jaeger');
// Jaeger 2.13.0 and 1.76.0 are one release: its page and its module (whose path has no /v2) have the v1 number.
const goModule = 'github.com/jaegertracing/jaeger';
const goVersion = version.replace(/^2\.(\d+)/, (_, minor) => `v1.${Number(minor) + 63}`);
const releases = `https://${goModule}/releases/download/${goVersion}`;
const release = {
  name: `Jaeger ${version}`,
  archive: `${releases}/jaeger-${version}-linux-${goProcessor}.tar.gz`,
  sums: `${releases}/jaeger-${version}.sha256sum.txt`,
};

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
          ...environmentOf('jaeger'),
        },
      };
    },
    health: answersHttp(`http://127.0.0.1:${healthPort}/status`),
  };
}

async function findJaeger(workshop: Workshop): Promise<string> {
  const installed = await onPath('jaeger').catch(() => undefined);
  if (installed) return installed;
  const folder = await cached(workshop, `jaeger-${version}`, (draft) =>
    firstOf(
      () => unpackRelease(workshop, release, ['jaeger'], draft),
      () => fromGoModule(workshop, join(draft, 'jaeger')),
    ).catch(({ message }: Error) => {
      throw new Error(
        `There are no traces to look at, because Jaeger could not be had (${message}). ` +
          `Everything else works. Put jaeger ${version} or Go 1.25 on the PATH and start again.`,
      );
    }),
  );
  return join(folder, 'jaeger');
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
