/** How much of what others have written is read at the most, in the whole process. */
export interface ReadLimits {
  /** What a compressed batch of records may inflate to, in bytes. Default: 8,388,608. */
  maxInflatedBytes: number;
  /** Records in one batch. Default: 100,000. */
  maxBatchRecords: number;
  /** Headers of one record. Default: 1,000. */
  maxHeaders: number;
  /** Names and values of the headers of one record, in bytes. Default: 262,144. */
  maxHeaderBytes: number;
}

/** The limits that hold. One set for all, since kafkajs decodes for all connections alike. */
export const readLimits: ReadLimits = {
  maxInflatedBytes: 8_388_608,
  maxBatchRecords: 100_000,
  maxHeaders: 1_000,
  maxHeaderBytes: 262_144,
};

/** Sets those of `limits` that are given. */
export function setReadLimits(limits: { [name in keyof ReadLimits]?: number | undefined }): void {
  for (const [name, most] of Object.entries(limits))
    if (most !== undefined) readLimits[name as keyof ReadLimits] = most;
}
