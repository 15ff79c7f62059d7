const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** Roughly how long `ms` is: `3d`, `5m`, `12s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? (['s', 1] as const);
  return `${Math.floor(seconds / size)}${unit}`;
}
