/** `options` over `defaults`, where `undefined` means the default as if it were not there. */
export function withDefaults<D extends object, O extends object>(
  defaults: D,
  options: O,
): Omit<D, keyof O> & O & Required<Pick<O, keyof O & keyof D>> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as never;
}
