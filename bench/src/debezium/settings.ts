/** How Debezium reads our outbox and routes its rows: as documented for its outbox event router. */
const router = {
  'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
  'tasks.max': '1',
  'plugin.name': 'pgoutput',
  'topic.prefix': 'bench',
  'table.include.list': 'public.outbox',
  'publication.autocreate.mode': 'filtered',
  'snapshot.mode': 'no_data',
  'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
  'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
  transforms: 'outbox',
  'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
  'transforms.outbox.route.topic.replacement': '${routedByValue}',
  'transforms.outbox.table.fields.additional.placement': [
    'aggregateid:header:ce_subject',
    'type:header:ce_type',
    'source:header:ce_source',
    'time:header:ce_time',
    'sequence:header:ce_sequence',
    'correlationid:header:ce_correlationid',
    'traceparent:header:traceparent',
  ].join(','),
  // As our producers: nothing is doubled or reordered by a retry.
  'producer.override.acks': 'all',
  'producer.override.enable.idempotence': 'true',
  'producer.override.max.in.flight.requests.per.connection': '5',
};

/** The connector's settings by what they are tuned for. */
export const debeziumSettings = {
  throughput: {
    ...router,
    'poll.interval.ms': '10',
    'max.batch.size': '4096',
    'max.queue.size': '16384',
    'producer.override.linger.ms': '5',
    'producer.override.batch.size': '524288',
  },
  latency: {
    ...router,
    'poll.interval.ms': '1',
    'producer.override.linger.ms': '0',
  },
};
