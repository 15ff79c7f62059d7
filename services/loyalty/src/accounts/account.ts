/** What can happen to an account. Once written it stays as it is: add a kind, and read the old ones for ever. */
export type AccountEvent =
  { kind: 'Opened'; points: number; at: string } | { kind: 'Earned'; points: number; orderId: string };

/** What an account has become. */
export interface Account {
  /** How many points its owner has. */
  balance: number;
  /** How many orders they are from. */
  orders: number;
  /** When its owner registered, in ISO 8601; null for who has not, or not as far as is known yet. */
  since: string | null;
}

/** An account to which nothing has happened. */
export const emptyAccount: Account = { balance: 0, orders: 0, since: null };

/** What `account` becomes when `event` happens. */
export function apply(account: Account, event: AccountEvent): Account {
  const balance = account.balance + event.points;
  switch (event.kind) {
    case 'Opened':
      return { ...account, balance, since: event.at };
    case 'Earned':
      return { ...account, balance, orders: account.orders + 1 };
  }
}

/** What an account is after all its `events`, from nothing or from what it was before them. */
export const fold = (events: readonly AccountEvent[], before: Account = emptyAccount): Account =>
  events.reduce(apply, before);

/** How much a balance is valued. */
export const levelOf = ({ balance }: Account): 'basic' | 'silver' | 'gold' =>
  balance >= 2_000 ? 'gold' : balance >= 500 ? 'silver' : 'basic';
