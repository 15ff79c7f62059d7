/** The command line can't be meant as it is: the message says what to write instead. `./dev` then exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
