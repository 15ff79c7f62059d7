const text = (description: string) => ({ type: 'string', description });
const uuid = (description: string) => ({ type: 'string', format: 'uuid', description });

/** The headers of every event, as JSON Schema: CloudEvents 1.0 in Kafka's binary mode, and W3C trace context. */
export const envelope = {
  type: 'object',
  required: [
    'content-type',
    'ce_specversion',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_subject',
    'ce_time',
    'ce_sequence',
    'ce_correlationid',
  ],
  properties: {
    'content-type': { const: 'application/avro' },
    ce_specversion: { const: '1.0' },
    ce_id: uuid('UUIDv7 of the event; whoever handles it once goes by this.'),
    ce_type: text('Full name of the Avro record, and its subject in the registry.'),
    ce_source: text('The service that published it.'),
    ce_subject: text('The key of the record once more.'),
    ce_time: { type: 'string', format: 'date-time', description: 'When it happened.' },
    ce_sequence: {
      type: 'string',
      pattern: '^\\d{19}$',
      description: 'Its number among the events of its topic and key, from 1, without gaps.',
    },
    ce_correlationid: text('The same for all that one request has set off.'),
    ce_causationid: text('The event whose handling led to this one; absent when a request did.'),
    traceparent: text('W3C trace context of the sending.'),
    tracestate: text('W3C trace context, what vendors add.'),
  },
};
