/** What one round of a contender came to: a number for each figure, whose name holds its unit, `p50 ms`. */
export type Sample = Record<string, number>;
