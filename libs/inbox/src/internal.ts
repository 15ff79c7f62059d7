/** What only the other libraries need; it may change with any version. */
export { reasonOf } from './handler/failure.ts';
export { suspicionOf, type Suspicion } from './outage/outage.ts';
export { againMs, freeTries } from './outage/outages.ts';
export { Suspects } from './outage/suspects.ts';
