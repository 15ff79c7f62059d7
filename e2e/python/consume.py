"""consume.py TOPIC KEY: prints the first event of this key as JSON, and goes on with its trace."""

import json
import os
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import Consumer, Message
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from opentelemetry import propagate
from opentelemetry.trace import SpanKind

from tracing import tracer

GROUP = os.environ["OTEL_SERVICE_NAME"]
deserialize = AvroDeserializer(SchemaRegistryClient({"url": os.environ["SCHEMA_REGISTRY_URL"]}))


def handle(message: Message) -> None:
    topic, headers = message.topic(), dict(message.headers())
    parent = propagate.extract({name: value.decode() for name, value in headers.items()})
    attributes = {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": topic,
        "messaging.consumer.group.name": GROUP,
    }
    with tracer.start_as_current_span(f"process {topic}", parent, SpanKind.CONSUMER, attributes):
        envelope = from_binary(KafkaMessage(headers, message.key(), message.value()), JSONFormat())
        data = deserialize(message.value(), SerializationContext(topic, MessageField.VALUE))
        print(json.dumps({"envelope": envelope.get_attributes(), "data": data}, default=str))


def main(topic: str, key: str) -> None:
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BROKERS"],
            "group.id": GROUP,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    try:
        while message := consumer.poll(30):
            if message.error():
                raise SystemExit(str(message.error()))
            if message.key() == key.encode():
                return handle(message)
        raise SystemExit(f"There was no event with the key {key} on {topic} for 30 s.")
    finally:
        consumer.close()


main(*sys.argv[1:])
