import ms from 'ms';

/** A length of time: a number of milliseconds, or a number with its unit, `'250ms'`, `'30s'`, `'5m'`, `'12h'`, `'14d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** `duration` in milliseconds. Throws a `TypeError` for what is none, or is negative. */
export function toMs(duration: Duration): number {
  const milliseconds =
    typeof duration === 'number'
      ? duration
      : /^\d+(\.\d+)?(ms|s|m|h|d)$/.test(duration)
        ? ms(duration as ms.StringValue)
        : NaN;
  if (milliseconds >= 0) return milliseconds;
  throw new TypeError(`${JSON.stringify(duration)} is no duration: write '30s', or milliseconds`);
}
