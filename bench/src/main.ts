/**
 * Runs one bench and prints what it found as a line of JSON; how far it is goes to the standard error.
 * `node bench/src/main.ts NAME [--quick]`; the engines are found by the environment, see `./dev bench`.
 */
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { CpuMeter } from './cpu-meter.ts';
import { runBench } from './run-bench.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const [name = ''] = positionals;
const { bench }: { bench: Bench } = await import(`./benches/${name}.ts`);
const findings = await runBench(bench, {
  quick: values.quick,
  // A bench that starts the system itself has no engines to begin with.
  meter: new CpuMeter(process.env.KAFKA_BROKERS ? process.env.EVERYHOP_STATE : undefined),
  say: (line) => console.error(`  ${line}`),
});
console.log(JSON.stringify(findings));
