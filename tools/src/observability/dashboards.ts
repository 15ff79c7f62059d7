import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type Panel } from './dashboard.ts';

/** The dashboards: of the flow as a whole, of one service, and of Kafka. */
export const dashboards = (): Dashboard[] => [overview(), service(), kafka()];

const rate = (counter: string, by: string) => `sum by (${by}) (rate(${counter}[$__rate_interval]))`;
const quantile = (q: number, histogram: string, by: string, selector = '') =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${histogram}_bucket${selector}[$__rate_interval])))`;
const graph = (title: string, unit: string, legend: string, query: string): Panel => ({
  title,
  unit,
  queries: { [legend]: query },
});
const lag = 'group_topic:everyhop_consumer_lag:sum';
const slo = '{{slo}} {{job}} {{handler}}{{topic}}';

const overview = () =>
  dashboard(
    { uid: 'overview', title: 'Everyhop: overview' },
    {
      Objectives: [
        graph('Budget left of 30 days', 'percentunit', slo, 'slo:error_budget:left'),
        graph(
          'Burn rate over an hour: 1 would just last',
          'short',
          slo,
          'slo:sli_error:ratio_rate1h / on (slo) group_left () (1 - slo:objective:ratio)',
        ),
        graph(
          'Firing alerts',
          'short',
          '{{alertname}} {{job}}',
          'count by (alertname, job) (ALERTS{alertstate="firing"})',
        ),
      ],
      'How long it takes': [
        graph(
          'Event to handled, 99 %',
          's',
          '{{handler}}',
          quantile(0.99, 'everyhop_inbox_freshness_seconds', 'handler'),
        ),
        graph(
          'Event to Kafka, 99 %',
          's',
          '{{topic}}',
          quantile(0.99, 'everyhop_outbox_commit_to_broker_seconds', 'topic'),
        ),
        graph(
          'HTTP requests, 99 %',
          's',
          '{{job}}',
          quantile(0.99, 'http_server_request_duration_seconds', 'job', '{http_route!~".*/events"}'),
        ),
      ],
      'How much there is': [
        graph(
          'Events published',
          'eps',
          '{{topic}}',
          rate('everyhop_outbox_commit_to_broker_seconds_count', 'topic'),
        ),
        graph(
          'Events handled',
          'eps',
          '{{handler}}',
          rate('everyhop_inbox_events_total{outcome="handled"}', 'handler'),
        ),
        graph('HTTP requests', 'reqps', '{{job}}', rate('http_server_request_duration_seconds_count', 'job')),
      ],
      'What goes wrong': [
        graph(
          'Events not handled at once',
          'eps',
          '{{job}} {{handler}} {{outcome}}',
          rate(
            'everyhop_inbox_events_total{outcome=~"retried|parked|dead|unreadable"}',
            'job, handler, outcome',
          ),
        ),
        graph(
          'HTTP requests answered with 5xx',
          'reqps',
          '{{job}} {{http_response_status_code}}',
          rate(
            'http_server_request_duration_seconds_count{http_response_status_code=~"5.."}',
            'job, http_response_status_code',
          ),
        ),
        graph(
          'Gaps and steps back',
          'eps',
          '{{job}} {{topic}} {{kind}}',
          rate('everyhop_inbox_sequence_irregularities_total', 'job, topic, kind'),
        ),
      ],
      'What waits': [
        graph('Not handled yet', 'short', '{{group}} {{topic}}', lag),
        graph(
          'Not in Kafka yet: age of the oldest',
          's',
          '{{job}}',
          'max by (job) (everyhop_outbox_oldest_age_seconds)',
        ),
        graph(
          'Parked',
          'short',
          '{{handler}} {{state}}',
          'max by (handler, state) (everyhop_inbox_parked) > 0',
        ),
      ],
    },
  );

const service = () =>
  dashboard(
    { uid: 'service', title: 'Everyhop: a service', chosenBy: 'job' },
    {
      HTTP: [
        graph(
          'Requests',
          'reqps',
          '{{http_request_method}} {{http_route}} {{http_response_status_code}}',
          rate(
            'http_server_request_duration_seconds_count{job="$job"}',
            'http_request_method, http_route, http_response_status_code',
          ),
        ),
        graph(
          'Duration, 95 %',
          's',
          '{{http_request_method}} {{http_route}}',
          quantile(
            0.95,
            'http_server_request_duration_seconds',
            'http_request_method, http_route',
            '{job="$job"}',
          ),
        ),
        graph('Answers', 'short', '{{instance}}', 'up{job="$job"}'),
      ],
      Inbox: [
        graph(
          'Events',
          'eps',
          '{{handler}} {{outcome}}',
          rate('everyhop_inbox_events_total{job="$job"}', 'handler, outcome'),
        ),
        graph(
          'Time in the handler, 95 %',
          's',
          '{{everyhop_handler}}',
          quantile(0.95, 'messaging_process_duration_seconds', 'everyhop_handler', '{job="$job"}'),
        ),
        graph(
          'Event to handled, 95 %',
          's',
          '{{handler}}',
          quantile(0.95, 'everyhop_inbox_freshness_seconds', 'handler', '{job="$job"}'),
        ),
        graph('Not handled yet', 'short', '{{topic}}', `${lag}{group="$job"}`),
        graph(
          'Parked',
          'short',
          '{{handler}} {{state}}',
          'max by (handler, state) (everyhop_inbox_parked{job="$job"})',
        ),
        graph('Paused partitions', 'short', '{{instance}}', 'everyhop_inbox_paused{job="$job"}'),
      ],
      Outbox: [
        {
          title: 'Rows',
          unit: 'short',
          queries: {
            waiting: 'max(everyhop_outbox_pending{job="$job"})',
            refused: 'max(everyhop_outbox_refused{job="$job"})',
          },
        },
        graph('Age of the oldest', 's', 'oldest', 'max(everyhop_outbox_oldest_age_seconds{job="$job"})'),
        graph(
          'Event to Kafka, 95 %',
          's',
          '{{topic}}',
          quantile(0.95, 'everyhop_outbox_commit_to_broker_seconds', 'topic', '{job="$job"}'),
        ),
      ],
      'Database and runtime': [
        graph(
          'Database, 95 %',
          's',
          '{{db_operation_name}}',
          quantile(0.95, 'db_client_operation_duration_seconds', 'db_operation_name', '{job="$job"}'),
        ),
        {
          title: 'Database connections',
          unit: 'short',
          queries: {
            '{{db_client_connection_state}}':
              'sum by (db_client_connection_state) (db_client_connection_count{job="$job"})',
            'waited for': 'sum(db_client_connection_pending_requests{job="$job"})',
          },
        },
        graph(
          'Event loop in use',
          'percentunit',
          '{{instance}}',
          'nodejs_eventloop_utilization_ratio{job="$job"}',
        ),
        graph(
          'Heap in use',
          'bytes',
          '{{instance}}',
          'sum by (instance) (v8js_memory_heap_used_bytes{job="$job"})',
        ),
        graph(
          'Garbage collection',
          'percentunit',
          '{{v8js_gc_type}}',
          rate('v8js_gc_duration_seconds_sum{job="$job"}', 'v8js_gc_type'),
        ),
        graph(
          'Event loop delay, 99 %',
          's',
          '{{instance}}',
          'nodejs_eventloop_delay_p99_seconds{job="$job"}',
        ),
      ],
    },
  );

const kafka = () =>
  dashboard(
    { uid: 'kafka', title: 'Everyhop: Kafka, as its clients see it' },
    {
      Sending: [
        graph(
          'Sent',
          'eps',
          '{{messaging_destination_name}}',
          rate('messaging_client_sent_messages_total', 'messaging_destination_name'),
        ),
        graph(
          'Sends that failed',
          'eps',
          '{{messaging_destination_name}} {{error_type}}',
          rate(
            'messaging_client_sent_messages_total{error_type!=""}',
            'messaging_destination_name, error_type',
          ),
        ),
        graph(
          'A send, 95 %',
          's',
          '{{messaging_destination_name}}',
          quantile(0.95, 'messaging_client_operation_duration_seconds', 'messaging_destination_name'),
        ),
        graph(
          'Event to Kafka, 95 %',
          's',
          '{{topic}}',
          quantile(0.95, 'everyhop_outbox_commit_to_broker_seconds', 'topic'),
        ),
        graph(
          'Events a send, half of the sends have at most',
          'short',
          '{{job}}',
          quantile(0.5, 'everyhop_outbox_batch_size', 'job'),
        ),
        graph('Waiting to be sent', 'short', '{{job}}', 'max by (job) (everyhop_outbox_pending)'),
      ],
      Reading: [
        graph(
          'Read',
          'eps',
          '{{messaging_consumer_group_name}} {{messaging_destination_name}}',
          rate(
            'messaging_client_consumed_messages_total',
            'messaging_consumer_group_name, messaging_destination_name',
          ),
        ),
        graph('Not handled yet', 'short', '{{group}} {{topic}}', lag),
        graph(
          'Not handled yet, the fullest partition',
          'short',
          '{{group}} {{topic}}',
          'max by (group, topic) (everyhop_consumer_lag)',
        ),
      ],
      Cluster: [
        graph(
          'Under-replicated partitions',
          'short',
          '{{topic}}',
          'max by (topic) (everyhop_kafka_under_replicated_partitions)',
        ),
        graph('Paused partitions', 'short', '{{job}}', 'max by (job) (everyhop_inbox_paused)'),
      ],
    },
  );
