/**
 * Our GS1 company prefix, as printed in every tracking number. GS1 keeps 952 for examples; put the one that GS1 gave
 * you here: https://www.gs1.org/standards/id-keys/sscc
 */
const companyPrefix = '9521234';

/**
 * The tracking number of the parcel with this serial number: a Serial Shipping Container Code (SSCC), 18 digits,
 * after the GS1 General Specifications, sections 2.2.1 and 7.9. It is made of
 * an extension digit, the company prefix, the rest of the serial number, and a check digit. Throws `RangeError` for
 * a serial number that is negative or has more than ten digits.
 */
export function sscc(serial: number | bigint): string {
  const digits = String(serial).padStart(10, '0');
  if (!/^\d{10}$/.test(digits))
    throw new RangeError(`serial ${serial} does not fit an SSCC: 0 to 9999999999`);
  const body = digits[0] + companyPrefix + digits.slice(1);
  return body + checkDigit(body);
}

/** The GS1 check digit: what the digits, weighted 3, 1, 3, … from the right, lack to a multiple of ten. */
export function checkDigit(digits: string): number {
  const sum = [...digits].reduceRight((sum, digit, index) => {
    const weight = (digits.length - index) % 2 === 1 ? 3 : 1;
    return sum + weight * Number(digit);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** An SSCC for people to read below its barcode: `(00) 0 9521234 000000001 7`. */
export function readable(sscc: string): string {
  return `(00) ${sscc.replace(/^(\d)(\d{7})(\d{9})(\d)$/, '$1 $2 $3 $4')}`;
}
