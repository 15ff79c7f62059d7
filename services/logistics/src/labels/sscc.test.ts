import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkDigit, readable, sscc } from './sscc.ts';

// Published examples: the GS1 General Specifications' check digit table, and the GS1 EPC Tag Data Standard's SSCC
// (urn:epc:id:sscc:0614141.1234567890).
test.each(['376104250021234569', '106141412345678908', '6291041500213'])(
  '%s has the right check digit',
  (key) => {
    expect(checkDigit(key.slice(0, -1))).toBe(Number(key.at(-1)));
  },
);

test('a tracking number is the serial number around our prefix, and a check digit', () => {
  expect(sscc(42)).toBe('095212340000000426');
  expect(sscc(9_876_543_210n)).toBe('995212348765432103');
});

test('two parcels never have the same tracking number', () => {
  const serial = fc.nat({ max: 9_999_999_999 });
  fc.assert(fc.property(serial, serial, (one, other) => (one === other) === (sscc(one) === sscc(other))));
});

test('one wrong digit does not go unseen', () => {
  const serial = fc.nat({ max: 9_999_999_999 });
  const isValid = (key: string) => checkDigit(key.slice(0, -1)) === Number(key.at(-1));
  fc.assert(
    fc.property(serial, fc.nat({ max: 17 }), fc.integer({ min: 1, max: 9 }), (number, position, shift) => {
      const digits = [...sscc(number)].map(Number);
      digits[position] = (digits[position]! + shift) % 10;
      expect(isValid(digits.join(''))).toBe(false);
    }),
  );
});

test.each([-1, 10_000_000_000])('the serial number %d is refused', (serial) => {
  expect(() => sscc(serial)).toThrow(RangeError);
});

test('people read it in groups, after its application identifier', () => {
  expect(readable('376104250021234569')).toBe('(00) 3 7610425 002123456 9');
});
