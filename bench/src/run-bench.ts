import type { Bench, Contender, Scene } from './bench.ts';
import type { Sample } from './sample.ts';
import { summarise, type Summary } from './summary.ts';

/** What a bench has found. */
export interface Findings {
  question: string;
  rounds: number;
  contenders: { name: string; figures: Record<string, Summary> }[];
  /** For each compared figure, the first contender's divided by each one's, round by round. */
  ratios: Record<string, Summary[]>;
}

/** Runs the contenders of `bench` in turns: A, B, A, B …, so that what else the machine does hits all of them. */
export async function runBench(bench: Bench, scene: Omit<Scene, 'defer'>): Promise<Findings> {
  const { question, compared } = bench;
  const { warmUps, rounds } = scene.quick
    ? { warmUps: 0, rounds: 1 }
    : { warmUps: bench.warmUps ?? 1, rounds: bench.rounds ?? 5 };
  await using ends = new AsyncDisposableStack();
  const contenders = await bench.contenders({
    ...scene,
    defer: (cleanUp) => ends.defer(async () => void (await cleanUp())),
  });
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const contender of contenders) {
      const sample = await contender.run();
      assertSane(contender.name, sample);
      scene.say(`${round < 0 ? 'warm-up' : `round ${round + 1}`}: ${contender.name}: ${inShort(sample)}`);
      if (round >= 0) samples.get(contender)!.push(sample);
    }
  }
  const all = contenders.map(({ name }, index) => ({ name, samples: samples.get(contenders[index]!)! }));
  return {
    question,
    rounds,
    contenders: all.map(({ name, samples }) => ({ name, figures: figuresOf(samples) })),
    ratios: Object.fromEntries(
      compared.map((figure) => [figure, all.map(({ samples }) => ratio(all[0]!.samples, samples, figure))]),
    ),
  };
}

function figuresOf(samples: Sample[]): Record<string, Summary> {
  const figures = Object.keys(samples[0]!);
  return Object.fromEntries(
    figures.map((figure) => [figure, summarise(samples.map((sample) => sample[figure]!))]),
  );
}

const ratio = (first: Sample[], other: Sample[], figure: string): Summary =>
  summarise(first.map((sample, round) => sample[figure]! / other[round]![figure]!));

function assertSane(name: string, sample: Sample): void {
  for (const [figure, value] of Object.entries(sample)) {
    const isSane = Number.isFinite(value) && (figure.endsWith('/s') ? value > 0 : value >= 0);
    if (!isSane) throw new Error(`${name}: ${figure} can't be ${value}`);
  }
}

const inShort = (sample: Sample): string =>
  Object.entries(sample)
    .map(([figure, value]) => `${value.toPrecision(3)} ${figure}`)
    .join(', ');
