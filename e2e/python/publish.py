"""publish.py NAME EMAIL: publishes that somebody has registered, as the shop does, and prints user and trace as JSON."""

import json
import os
import sys
import uuid
from datetime import datetime, timezone

from cloudevents.core.bindings.kafka import to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import KafkaError, Message, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, format_trace_id

from tracing import tracer

TYPE, TOPIC = "shop.UserRegistered", "shop.users"
registry = SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]})
serialize = AvroSerializer(
    registry,
    registry.get_latest_version(TYPE).schema,
    conf={"auto.register.schemas": False, "subject.name.strategy": record_subject_name_strategy},
)
producer = Producer(
    {
        "bootstrap.servers": os.environ["KAFKA_BROKERS"],
        "enable.idempotence": True,
        # The partition that all others choose for the key: else its events would not be in order.
        "partitioner": "murmur2_random",
    }
)


def register(name: str, email: str) -> None:
    now = datetime.now(timezone.utc)
    user = {"userId": str(uuid.uuid4()), "name": name, "email": email, "registeredAt": now}
    event_id = str(uuid.uuid4())
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "type": TYPE,
        "source": os.environ["OTEL_SERVICE_NAME"],
        "subject": user["userId"],
        "time": now,
        "datacontenttype": "application/avro",
        "sequence": "1".zfill(19),
        "correlationid": event_id,
    }
    attributes = {"messaging.system": "kafka", "messaging.operation.type": "send", "messaging.destination.name": TOPIC}
    with tracer.start_as_current_span(f"send {TOPIC}", kind=SpanKind.PRODUCER, attributes=attributes) as span:
        value = serialize(user, SerializationContext(TOPIC, MessageField.VALUE))
        message = to_binary(CloudEvent(envelope, value), JSONFormat())
        trace_context: dict[str, str] = {}
        propagate.inject(trace_context)
        producer.produce(TOPIC, value, user["userId"], headers=message.headers | trace_context, on_delivery=report)
        if producer.flush(30) > 0:
            raise SystemExit("Kafka has not taken the event within 30 s.")
    print(json.dumps({"userId": user["userId"], "traceId": format_trace_id(span.get_span_context().trace_id)}))


def report(error: KafkaError | None, _: Message) -> None:
    if error:
        raise SystemExit(str(error))


register(*sys.argv[1:])
