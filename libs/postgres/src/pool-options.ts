import { PreparingClient } from './preparing-client.ts';

/** For `new pg.Pool({ connectionString, ...poolOptions })`: what outbox and inbox rely on, and are fast with. */
export const poolOptions = {
  // Statements share round trips; without it `pg` sends one at a time.
  pipeline: true,
  Client: PreparingClient,
  // A connection says nothing of an address that leads elsewhere by now, such as to the server that took over.
  maxLifetimeSeconds: 600,
};
