import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What a bench ran on. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGb: number;
  system: string;
  node: string;
}

/** This machine. */
export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? arch(),
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  system: `${type()} ${release()}`,
  node: process.version,
});
