import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { handlersOf, Inbox, inboxMigrations, observeInbox, type HandleInterceptor } from '@everyhop/inbox';
import { kafkaFrom, Producers, registryFrom, SchemaRegistry } from '@everyhop/kafka';
import { observeGroup } from '@everyhop/kafka/internal';
import { observeOutbox, Outbox, outboxMigrations, Relay, type PublishInterceptor } from '@everyhop/outbox';
import { Kysely, PostgresDialect } from 'kysely';
import { Logger as NestLogger } from 'nestjs-pino';
import { Operations } from './admin/index.ts';
import { Environment } from './config/environment.ts';
import { readConfig } from './config/read-config.ts';
import { migrate } from './database/migrate.ts';
import { observePool } from './database/observe-pool.ts';
import { openPool } from './database/open-pool.ts';
import { discoverProviders } from './discover-providers.ts';
import { Readiness } from './health/readiness.ts';
import { serveApiDocs } from './http/api-docs.ts';
import { closeHttp } from './http/close-http.ts';
import { limitWrites } from './http/limit-writes.ts';
import { Jobs, jobsOf, startJobs } from './jobs/index.ts';
import { LogLevel } from './logging/log-level.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import { requestLogging } from './logging/request-logging.ts';
import { startupLogger } from './logging/startup-logger.ts';
import { consume } from './messaging/consume.ts';
import { lookUpSchemas } from './messaging/look-up-schemas.ts';
import { ServiceModule } from './service.module.ts';

/** What makes one service out of the platform. */
export interface ServiceOptions {
  /**
   * Its Nest modules. Their providers may have `Kysely`, `Outbox` and `Jobs` injected, and `@On` and `@Job` methods. One
   * with `[Symbol.asyncDispose]()` is disposed of when requests, events and jobs have ended.
   */
  features: Type[];
  /** What it is for, in Markdown, for those who open its `/docs`. */
  description?: string;
  /** What runs around each try of its handlers, and around each `publish`; the first of each is the outermost. */
  interceptors?: { handle?: HandleInterceptor[]; publish?: PublishInterceptor[] };
  /** The folder of its `.sql` files, applied in the order of their names before anything runs. Default: none. */
  migrations?: URL;
}

/** A service that runs. */
export interface RunningService extends AsyncDisposable {
  /** Where it listens. */
  url: string;
  logger: Logger;
  /** Ends requests, then the consumer after its batch in hand, then jobs, then the relay, then the database's connections. */
  stop(): Promise<void>;
}

/**
 * Starts the service called `name` (its consumer group and the source of its events: a contract) in this process.
 * Rejects, with all that had been started stopped again, when its settings are bad or its database is not there;
 * waits in the background for a Kafka that is not there.
 */
export async function startService(name: string, options: ServiceOptions): Promise<RunningService> {
  const { features, description, migrations, interceptors = {} } = options;
  const config = readConfig(Environment);
  const logger = createLogger(name, config.LOG_LEVEL);
  // Stopped in the reverse order of their start.
  await using started = new AsyncDisposableStack();

  const pool = openPool(config.DATABASE_URL, name, logger, config.MAX_DATABASE_CONNECTIONS);
  started.defer(() => pool.end());
  started.defer(observePool(pool, name));
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool }) });
  await migrate(
    db,
    [
      { origin: 'outbox', folder: outboxMigrations },
      { origin: 'inbox', folder: inboxMigrations },
      ...(migrations ? [{ origin: name, folder: migrations }] : []),
    ],
    logger,
  );

  const kafka = { ...kafkaFrom(config), clientId: name, logger };
  const registry = new SchemaRegistry(registryFrom(config));
  void lookUpSchemas(name, registry, logger);
  const producers = new Producers(kafka);
  started.defer(() => producers.disconnect());
  const fencingId = `${name}.outbox`;
  const relay = new Relay({ connectionString: config.DATABASE_URL, producers, fencingId, logger });
  const onCommit = () => relay.wake();
  const outbox = new Outbox({ db, registry, source: name, onCommit, interceptors: interceptors.publish });
  relay.start();
  started.defer(() => relay.stop());
  started.defer(observeOutbox(db, logger));

  const jobs = new Jobs();
  const readiness = new Readiness(db, jobs);
  const operations = new Operations(db, relay);
  const logLevel = new LogLevel(logger);
  started.defer(() => logLevel.stop());
  const injectables = [
    { provide: Kysely, useValue: db },
    { provide: Outbox, useValue: outbox },
    { provide: Jobs, useValue: jobs },
    { provide: Readiness, useValue: readiness },
    { provide: Operations, useValue: operations },
    { provide: LogLevel, useValue: logLevel },
  ];
  const app = await NestFactory.create<NestExpressApplication>(
    ServiceModule.forRoot(injectables, requestLogging(logger), features),
    {
      bodyParser: false,
      abortOnError: false,
      logger: startupLogger(logger),
    },
  );
  app.disable('x-powered-by');
  app.use(limitWrites(config.MAX_WRITES));
  serveApiDocs(app, name, description);
  await app.init();
  app.useLogger(app.get(NestLogger));

  const providers = discoverProviders(app);
  jobs.register(providers.flatMap(jobsOf));
  const ours: unknown[] = injectables.map(({ useValue }) => useValue);
  for (const provider of providers)
    if (Symbol.asyncDispose in provider && !ours.includes(provider)) started.use(provider as AsyncDisposable);
  const workers = await startJobs({ pool, jobs, logger });
  started.defer(() => workers.stop());

  const handlers = providers.flatMap(handlersOf);
  const inbox = new Inbox({
    ...{ service: name, handlers, db, registry, kafka, logger, onCommit },
    interceptors: interceptors.handle,
  });
  started.defer(consume(inbox, logger));
  started.defer(observeInbox(inbox, db, logger));
  if (handlers.length > 0) started.defer(observeGroup({ ...kafka, groupId: name, topics: inbox.topics }));
  readiness.inbox = inbox;
  operations.inbox = inbox;

  started.defer(() => closeHttp(app));
  await app.listen(config.PORT, config.HOST);
  const url = await app.getUrl();
  logger.info({ url }, `${name} listens on ${url}`);

  const running = started.move();
  const stop = () => running.disposeAsync();
  return { url, logger, stop, [Symbol.asyncDispose]: stop };
}
