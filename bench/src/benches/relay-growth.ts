import type { Bench } from '../bench.ts';
import { disconnect } from '../kafka.ts';
import { relayContender } from '../relay-contender.ts';

export const bench: Bench = {
  question: 'Does the relay slow down when many rows wait?',
  rounds: 1,
  warmUps: 0,
  compared: ['events/s'],
  async contenders(scene) {
    scene.defer(disconnect);
    const backlogs = scene.quick ? [4_000, 2_000, 1_000] : [10_000_000, 1_000_000, 100_000];
    const contenders = [];
    for (const rows of backlogs)
      contenders.push(await relayContender(scene, `${rows.toLocaleString('en')} rows`, rows));
    return contenders;
  },
};
