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
  const response: {
    decode(bytes: Buffer): Promise<unknown>;
    /** Throws the first error in it. */
    parse(data: unknown): Promise<unknown>;
  };
  export default response;
}
