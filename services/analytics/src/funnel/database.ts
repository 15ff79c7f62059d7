/** The steps of a journey, from the first to the last. */
export const steps = ['registered', 'ordered', 'invoiced', 'shipped', 'mailed'] as const;
export type Step = (typeof steps)[number];

/** The tables of analytics, as migrations/ creates them. */
export interface AnalyticsDatabase {
  step: { journey: string; step: Step; at: Date; customer_id: string | null };
}
