import { logicalTypeOf, type Field, type RecordSchema, type Schema } from './schemas.ts';

/** Names whose last word, or words, are one of `words`: `city`, `homeCity`, and not `capacity`. */
function endsIn(...words: string[]): RegExp {
  const capitalized = words.map((word) => word[0]!.toUpperCase() + word.slice(1));
  return new RegExp(`(^(${words.join('|')})|(${capitalized.join('|')}))$`);
}

/** What the name of a field promises, and what its type must be then. */
const promises: { name: RegExp; keeps: (type: Schema) => boolean; sentence: string }[] = [
  {
    name: endsIn('id'),
    keeps: (type) => logicalTypeOf(type) === 'uuid',
    sentence:
      'identifies something: give it the logical type uuid; what others have assigned is named for what it is, such as trackingNumber.',
  },
  {
    name: endsIn('at', 'date', 'timestamp'),
    keeps: (type) => logicalTypeOf(type) === 'timestamp-millis',
    sentence: 'is a time: give it the logical type timestamp-millis.',
  },
  {
    name: endsIn('price', 'cost', 'fee', 'amount', 'net', 'tax', 'total', 'subtotal', 'discount', 'refund'),
    keeps: (type) => nameOf(type) === 'Money',
    sentence: 'is money: give it the record Money { amount: long, in minor units; currency: string }.',
  },
];

const personal = endsIn(
  ...['name', 'email', 'phone', 'mobile', 'street', 'address', 'city'],
  ...['postcode', 'postalCode', 'zip', 'zipCode', 'birthday', 'iban'],
);

/** What is wrong with a field of the record `within`: sentences that begin after its name. */
export function checkField(within: RecordSchema, { name, type, pii }: Field): string[] {
  const problems = promises
    .filter((promise) => promise.name.test(name) && !promise.keeps(type) && within.name !== 'Money')
    .map(({ sentence }) => sentence);
  const isText = nameOf(type) === 'string';
  if (pii === undefined && isText && personal.test(name))
    problems.push('may be personal data: say so with "pii": true, or "pii": false when it is not.');
  if (pii !== undefined && typeof pii !== 'boolean')
    problems.push('has a "pii" that is neither true nor false.');
  if (pii === true && !isText) problems.push('cannot be "pii": mark the strings within it.');
  return problems;
}

/** Money is the same everywhere: no fractions, and never without its currency. */
export function checkMoney({ name, fields }: RecordSchema): string[] {
  if (name !== 'Money') return [];
  const shape = fields.map((field) => `${field.name}: ${nameOf(field.type)}`).join('; ');
  return shape === 'amount: long; currency: string'
    ? []
    : [`Money must be { amount: long; currency: string }, not { ${shape} }.`];
}

/** The name of a type, of the other one where null is one of two. */
function nameOf(type: Schema): string {
  if (typeof type === 'string') return type.slice(type.lastIndexOf('.') + 1);
  if (Array.isArray(type))
    return type
      .filter((branch) => branch !== 'null')
      .map(nameOf)
      .join(' or ');
  return 'name' in type ? type.name : type.type;
}
