import type { Address } from './database.ts';

/** Who brings the parcels. */
export const carrier = 'Everyhop Parcel';

/** Where parcels come from, and go back to. */
export const sender: Address = {
  name: 'Everyhop Trading GmbH',
  street: 'Kafkaweg 9',
  postalCode: '20457',
  city: 'Hamburg',
  country: 'DE',
};
