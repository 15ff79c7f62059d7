/** `options` over `defaults`, where `undefined` means the default as if it were not there. */
export function withDefaults<D extends object, O extends object>(
  defaults: D,
  options: O,
): Omit<D, keyof O> & { [K in keyof O]: K extends keyof D ? Exclude<O[K], undefined> : O[K] } & {
  [K in keyof D]: K extends keyof O ? Exclude<O[K], undefined> : D[K];
} {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as never;
}
