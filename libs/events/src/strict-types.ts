import avsc from 'avsc';

// avsc's own types take what can't be encoded, or what nobody gets out again as it went in. These say so where an event
// is made; they read as avsc's do, since what is on a topic is there.

type Hook = (value: unknown, type: avsc.Type) => void;
interface Checking extends avsc.Type {
  _check(value: unknown, flags?: unknown, hook?: Hook, path?: string[]): boolean;
}
const { StringType, FloatType, DoubleType, EnumType, MapType } = avsc.types as unknown as Record<
  'StringType' | 'FloatType' | 'DoubleType' | 'EnumType' | 'MapType',
  new (...args: unknown[]) => Checking
>;

/** Whether Postgres and UTF-8 can hold `text`: no zero character, no half of a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Whether an object can have `key` as one of its own, like any other. */
export const isKey = (key: string): boolean => key !== '__proto__' && isStorable(key);

function refused(type: avsc.Type, value: unknown, hook: Hook | undefined): false {
  hook?.(value, type);
  return false;
}

/** `string`: text that every reader can store. */
export class TextType extends StringType {
  override _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    return (typeof value === 'string' && isStorable(value)) || refused(this, value, hook);
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

/** `double`: any number, and not what is none. */
export class NumberType extends DoubleType {
  override _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    return isNumber(value) || refused(this, value, hook);
  }
}

/** `float`: a number that is not infinite only because of its 32 bits. */
export class SmallNumberType extends FloatType {
  override _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    return (typeof value === 'number' && Number.isFinite(Math.fround(value))) || refused(this, value, hook);
  }
}

/** avsc looks for the symbol in an object, where `constructor` is always found, and `['A']` under `'A'`. */
export class SymbolType extends EnumType {
  override _check(value: unknown, _flags?: unknown, hook?: Hook): boolean {
    const { symbols } = this as unknown as { symbols: unknown[] };
    return symbols.includes(value) || refused(this, value, hook);
  }
}

/** A map whose keys can be read. */
export class TextMapType extends MapType {
  override _check(value: unknown, flags?: unknown, hook?: Hook, path?: string[]): boolean {
    if (typeof value === 'object' && value !== null && !Object.keys(value).every(isKey))
      return refused(this, value, hook);
    return super._check(value, flags, hook, path);
  }
}
