export { AlreadyRunning, PortsTaken } from './errors.ts';
export { freePortBase } from './free-port-base.ts';
export { type Stack, type StackOptions, startStack } from './start-stack.ts';
export type { Change } from './supervised.ts';
