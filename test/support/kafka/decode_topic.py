"""Decodes a topic as any other team would: confluent-kafka for the records, the registry's HTTP interface for their schemas.

usage: decode_topic.py BOOTSTRAP REGISTRY TOPIC
Reads what is committed at present, and ends. One JSON object a record on standard output: partition, offset, key, value.
"""
import io
import json
import struct
import sys
import urllib.request

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

bootstrap, registry, topic = sys.argv[1:]
schemas = {}


def schema_of(number):
    if number not in schemas:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{number}", timeout=10) as answer:
            schemas[number] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
    return schemas[number]


def decoded(frame):
    magic, number = struct.unpack(">bI", frame[:5])
    if magic != 0:
        raise ValueError(f"a frame begins with 0, this one with {magic}")
    body = io.BytesIO(frame[5:])
    value = fastavro.schemaless_reader(body, schema_of(number))
    if body.read(1):
        raise ValueError("there is more than one value in a frame")
    return value


consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "decode-topic",
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
})
partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
unread = set(partitions)
while unread:
    message = consumer.poll(10)
    if message is None:
        raise TimeoutError(f"partitions {unread} of {topic} do not end")
    if message.error():
        if message.error().code() != KafkaError._PARTITION_EOF:
            raise RuntimeError(message.error())
        unread.discard(message.partition())
        continue
    print(json.dumps({
        "partition": message.partition(),
        "offset": message.offset(),
        "key": message.key().decode(),
        "value": decoded(message.value()),
    }))
consumer.close()
