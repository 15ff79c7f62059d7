import { Command, InvalidArgumentError, Option } from 'commander';
import { filterOptions } from './parked/filter.ts';

/**
 * All of `./dev` on one page: its commands, their options and what each is for. What a command does is loaded when it
 * is asked for, and resolves to the exit code.
 */
export function devCommand(): Command {
  const dev = new Command('./dev')
    .description('Everyhop: a Kafka-backed reference platform for event-driven microservices.')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'explain a command');

  add(dev, 'up', 'Start everything, place one order and show its journey; Ctrl-C stops everything.')
    .option('-d, --detach', 'leave it running in the background')
    .option('--examples', 'with loyalty and analytics')
    .option('--observability', 'with Prometheus')
    .option('--engines-only', 'only Kafka, the registry and PostgreSQL')
    .action(exits(async (options) => (await import('./up.ts')).up(options)));
  add(
    dev,
    'order',
    'Place orders, ten at a time, and follow each over its hops; exits with 1 when a hop is missing after 30 s.',
  )
    .option('--count <n>', 'how many', wholeNumber(999_999), 1)
    .option('--shop <url>', "the shop's address (default: that of the local stack)", address)
    .option(
      '--mail <url>',
      "the mail sink's or Mailpit's address (default: that of the local stack)",
      address,
    )
    .addOption(json())
    .action(exits(async (options) => (await import('./order/command.ts')).order(options)));
  add(dev, 'status', 'What runs, and what does not and why; addresses and memory.')
    .addOption(json())
    .action(exits(async (options) => (await import('./status.ts')).status(options)));
  add(dev, 'logs', 'The last lines that the components have logged; without names, of all.')
    .argument('[name...]')
    .option('-f, --follow', 'and what they log from now on')
    .option('-n, --lines <n>', 'how many', wholeNumber(1_000_000), 100)
    .option('--order <id>', 'only what belongs to this order or event')
    .option('--json', 'as they stand in the files')
    .action(exits(async (names, options) => (await import('./logs/command.ts')).logs(names, options)));
  add(dev, 'stop', 'Stop one part, to see what the others do.')
    .argument('<name>')
    .action(exits(async (name) => (await import('./hold.ts')).stop(name)));
  add(dev, 'start', 'Start a part again that was stopped.')
    .argument('<name>')
    .action(exits(async (name) => (await import('./hold.ts')).start(name)));
  add(dev, 'restart', 'Compile what changed, set up new events and restart one part.')
    .argument('<name>')
    .option('--inspect', 'and let a debugger attach to it; for a service')
    .action(exits(async (name, options) => (await import('./hold.ts')).restart(name, options)));
  add(dev, 'down', 'Stop everything, also what a killed ./dev up has left.')
    .option('--wipe', 'and delete all data')
    .action(exits(async (options) => (await import('./down.ts')).down(options)));

  add(dev, 'alerts', 'What is wrong now, and where to read what to do; needs ./dev up --observability.')
    .addOption(json())
    .action(exits(async (options) => (await import('./observability/alerts.ts')).alerts(options)));
  add(dev, 'trail', 'Everything that happened, in all services, to an order or to one event.')
    .argument('<id>', "an order's id or another key, or the id of an event")
    .addOption(json())
    .action(exits(async (id, options) => (await import('./trail/command.ts')).trail(id, options)));
  add(dev, 'trace', 'The trace of an order, as a waterfall from Jaeger.')
    .argument('<id>', 'of an order, an event or a trace')
    .option('--all', 'with SQL statements and the like')
    .addOption(json())
    .action(exits(async (id, options) => (await import('./trace/command.ts')).trace(id, options)));
  selecting(add(dev, 'parked', 'Events that failed, and those behind them.').argument('[service...]'))
    .option('--show', 'with their content')
    .addOption(json())
    .action(
      exits(async (services, options) => (await import('./parked/parked.ts')).parked(services, options)),
    );
  selecting(add(dev, 'redrive', 'Have events that failed tried again.').argument('<service>'))
    .option('--all', 'all of them')
    .addOption(why())
    .action(exits(async (service, options) => (await import('./parked/act.ts')).redrive(service, options)));
  selecting(add(dev, 'discard', 'Give up events that failed, for good.').argument('<service>'))
    .option('--all', 'all of them')
    .addOption(why())
    .action(exits(async (service, options) => (await import('./parked/act.ts')).discard(service, options)));
  add(
    dev,
    'replay',
    'Have handlers that are replayable handle past events again; Ctrl-C ends only the waiting.',
  )
    .argument('<service>')
    .option('--handler <id>', 'this one')
    .option('--all', 'all that are replayable')
    .option('--key <key>', 'only events of this key')
    .option('--from <place>', 'beginning, a time or an offset (default: beginning)')
    .addOption(why())
    .option('--list', 'how far replays are')
    .addOption(json())
    .option('--cancel <id>', 'end one')
    .action(exits(async (service, options) => (await import('./parked/replay.ts')).replay(service, options)));

  add(
    dev,
    'topic',
    'The last records of a topic, decoded, and how far its readers are; without a name all topics.',
  )
    .argument('[name]', 'such as shop.orders')
    .option('-n, --lines <n>', 'how many records', wholeNumber(100_000), 10)
    .option('--key <key>', 'only those of this key, for which all of the topic is read')
    .option('-f, --follow', 'and those that come, until Ctrl-C')
    .addOption(json())
    .action(exits(async (name, options) => (await import('./topic/command.ts')).topic(name, options)));
  add(dev, 'psql', 'Open psql on the database of a service.')
    .argument('<service>')
    .argument('[args...]', "psql's own, after --: -- -c 'select 1'")
    .action(exits(async (service, args) => (await import('./psql.ts')).psql(service, args)));
  add(dev, 'backup', 'Save all databases, topics and offsets in one file, while everything runs.')
    .argument('[file]', 'default: one named after the time, in the folder that you are in')
    .option('--force', 'replace a file that is there')
    .action(exits(async (file, options) => (await import('./backup/backup.ts')).backup(file, options)));
  add(dev, 'restore', 'Restore a backup where there is no data; then ./dev up.')
    .argument('<file>')
    .action(exits(async (file) => (await import('./backup/restore.ts')).restore(file)));

  const create = add(dev, 'new', 'Write a service, a handler or an event to start from, with its test.');
  add(create, 'service', 'A service that handles an event: code, test, migration, database, port.')
    .argument('<name>', 'one word in small letters')
    .requiredOption('--on <event>', 'the event, such as OrderPlaced')
    .action(exits(async (name, { on }) => (await import('./new/command.ts')).createService(name, on)));
  add(create, 'handler', 'A handler more in a service, with its test and its migration.')
    .argument('<service>')
    .argument('<name>', 'what it does, such as count-orders')
    .requiredOption('--on <event>', 'the event, such as OrderPlaced')
    .action(
      exits(async (service, name, { on }) =>
        (await import('./new/command.ts')).createHandler(service, name, on),
      ),
    );
  add(create, 'event', 'An event that a service publishes.')
    .argument('<name>', 'owner and name, such as loyalty.PointsSpent')
    .argument(
      '<field...>',
      `NAME:TYPE; a type is uuid, time, money, string, int, long, double, boolean or, for personal
text, pii; the first uuid is the key`,
    )
    .action(exits(async (name, fields) => (await import('./new/command.ts')).createEvent(name, fields)));

  const remove = add(dev, 'remove', 'Remove what ./dev new has written.');
  add(remove, 'service', 'A service, with its events and its entries in all lists; its data stays.')
    .argument('<name>')
    .option('--force', 'also with changes that are not committed')
    .action(
      exits(async (name, options) => (await import('./remove/command.ts')).removeService(name, options)),
    );

  add(dev, 'doctor', 'What this machine lacks, each with its remedy.')
    .addOption(json())
    .action(exits(async (options) => (await import('./doctor.ts')).doctor(options)));
  add(
    dev,
    'test',
    'Check everything and run all tests; with a filter the tests whose path, or else name, has it.',
  )
    .argument('[filter...]')
    .action(exits(async (filter) => (await import('./test/command.ts')).test(filter)));
  add(
    dev,
    'chaos',
    `Break a system of its own under load, and compare all databases, topics and mails; exits with 1 when anything was
lost, doubled or reordered, or the system did not come to rest.`,
  )
    .option('--orders <n>', 'how many are placed', wholeNumber(99_999), 500)
    .option('--seconds <n>', 'in how long', wholeNumber(99_999), 60)
    .option('--seed <text>', 'decides what is broken when (default: a new one, which is printed)')
    .addOption(json())
    .action(exits(async (options) => (await import('./chaos/command.ts')).chaos(options)));
  add(dev, 'bench', 'Run benchmarks on engines of their own.')
    .argument('<name...>', 'or all')
    .option('--quick', 'only show that they run')
    .option('--write', 'also put the tables into docs/benchmarks.md')
    .addOption(json())
    .action(exits(async (names, options) => (await import('./bench/command.ts')).bench(names, options)));
  add(dev, 'build', 'Compile and type-check what changed.')
    .argument('[project...]')
    .action(exits(async (projects) => (await import('./build.ts')).build(projects)));

  const events = add(dev, 'events', 'Generate, check, register or serve the events of schemas/.');
  add(
    events,
    'generate',
    'Write libs/events/src/generated/, schemas/README.md and schemas/asyncapi.json.',
  ).action(exits(async () => (await import('./events/command.ts')).generateAll()));
  add(
    events,
    'check',
    `Fail when schemas break the rules or their readers, when events lead nowhere or in a circle, and when what is generated
is out of date.`,
  ).action(exits(async () => (await import('./events/command.ts')).checkAll()));
  add(
    events,
    'register',
    "Register every event at SCHEMA_REGISTRY_URL (default: the local stack's); topics: ./dev setup.",
  ).action(exits(async () => (await import('./events/command.ts')).registerAll()));
  add(events, 'serve', 'Show the catalogue in a browser until Ctrl-C.')
    .argument('[port]', 'default: 4082', wholeNumber(65_535))
    .action(exits(async (port) => (await import('./events/command.ts')).show(port)));
  const api = add(dev, 'api', 'What each entry of the libraries offers, as libs/*/api say.');
  add(api, 'generate', 'Write it, from what is compiled.').action(
    exits(async () => (await import('./api/command.ts')).generateReports()),
  );
  add(api, 'check', 'Fail when it is not what is written.').action(
    exits(async () => (await import('./api/command.ts')).checkReports()),
  );
  const observability = add(dev, 'observability', 'Alerts and dashboards, from infra/prometheus/slos.yaml.');
  add(observability, 'generate', 'Write the rules and the dashboards.').action(
    exits(async () => (await import('./observability/command.ts')).generateAll()),
  );
  add(observability, 'check', 'Fail when they are not what their sources say.').action(
    exits(async () => (await import('./observability/command.ts')).checkAll()),
  );
  add(
    dev,
    'setup',
    'Create databases, topics and schemas where they are missing, e.g. after adding an event.',
  )
    .argument('[step]')
    .action(exits(async (step) => (await import('./setup.ts')).setup(step)));
  return dev;
}

function add(parent: Command, name: string, description: string): Command {
  return parent.command(name).description(description).showHelpAfterError().allowExcessArguments(false);
}

const exits =
  (run: (...args: any[]) => Promise<number>) =>
  async (...args: any[]): Promise<void> => {
    process.exitCode = await run(...args);
  };

const json = () => new Option('--json', 'as JSON, one object a line');
const why = () => new Option('--why <why>', 'is recorded with it');

/** The options that say which events that failed are meant. */
function selecting(command: Command): Command {
  for (const [name, [value, description]] of Object.entries(filterOptions))
    command.option(`--${name} ${value}`, description);
  return command.option('--refused', 'those that the broker refused, instead of those that a handler did');
}

const wholeNumber = (most: number) => (text: string) => {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text);
  throw new InvalidArgumentError(`It must be a number from 1 to ${most}.`);
};

function address(text: string): string {
  if (/^https?:/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an address like http://127.0.0.1:4001.');
}
