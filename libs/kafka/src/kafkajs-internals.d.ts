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
