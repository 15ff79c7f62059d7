declare module 'kafkajs/src/protocol/encoder.js' {
  /** A buffer that grows; the methods add to it. */
  export default class Encoder {
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeString(value: string | null): this;
    /** Its length, then the bytes. */
    writeBytes(value: Buffer): this;
  }
}

declare module 'kafkajs/src/protocol/requests/produce/v7/response.js' {
  export interface PartitionAnswer {
    partition: number;
    errorCode: number;
  }
  export interface ProduceAnswer {
    topics: { topicName: string; partitions: PartitionAnswer[] }[];
  }
  const response: {
    decode(bytes: Buffer): Promise<ProduceAnswer>;
    /** Throws the first error in it. */
    parse(answer: ProduceAnswer): Promise<ProduceAnswer>;
  };
  export default response;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  /** Reads a buffer from its start; each method goes on where the last one ended. */
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readString(): string;
    /** Its length, then the bytes. */
    readBytes(): Buffer | null;
    readArray<T>(read: (decoder: Decoder) => T): T[];
    readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
  }
}

declare module 'kafkajs/src/protocol/messageSet/decoder.js' {
  import type Decoder from 'kafkajs/src/protocol/decoder.js';
  /** Reads the formats before the record batch. */
  export default function decodeMessageSet(decoder: Decoder, size: number): Promise<object[]>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const response: { decode(bytes: Buffer): Promise<unknown> };
  export default response;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  const request: (fetch: {
    replicaId: number;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
  }) => { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<object> };
  export default request;
}
