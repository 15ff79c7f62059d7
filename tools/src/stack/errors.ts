import type { TakenPort } from './port-owner.ts';

/** Ports that components need are taken; `freeBase` is a block of ports that is not. */
export class PortsTaken extends Error {
  override readonly name = 'PortsTaken';
  constructor(taken: TakenPort[], freeBase: number) {
    const lines = taken.map(
      ({ name, port, owner }) => `Port ${port}, which ${name} needs, is taken by ${owner}.`,
    );
    super(
      `${lines.join('\n')}\nEnd that, or move all of Everyhop's ports: export EVERYHOP_PORT_BASE=${freeBase}`,
    );
  }
}

/** Another process looks after a stack with the same state folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
  constructor(pid: number | undefined) {
    super(`Everyhop runs already, looked after by process ${pid}: see ./dev status, end it with ./dev down.`);
  }
}
