"""Reads a topic as any other team would: confluent-kafka, fastavro, the schema from the registry by the id in the frame.

usage: read_avro.py BOOTSTRAP REGISTRY_URL TOPIC PARTITIONS
One JSON array on standard output: partition, offset and value of each record up to the ends as they are now.
"""
import io
import json
import struct
import sys
import urllib.request

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

bootstrap, registry, topic, partitions = sys.argv[1:]
schemas = {}


def schema_of(number):
    if number not in schemas:
        with urllib.request.urlopen(f"{registry}/schemas/ids/{number}") as reply:
            schemas[number] = fastavro.parse_schema(json.loads(json.load(reply)["schema"]))
    return schemas[number]


def value_of(frame):
    magic, number = struct.unpack(">bI", frame[:5])
    assert magic == 0
    return fastavro.schemaless_reader(io.BytesIO(frame[5:]), schema_of(number), None)


consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "read-avro",
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
})
wanted = [TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(int(partitions))]
consumer.assign(wanted)
found = []
at_end = set()
while len(at_end) < len(wanted):
    message = consumer.poll(1)
    if message is None:
        continue
    if message.error():
        at_end.add(message.partition())
        continue
    found.append({
        "partition": message.partition(),
        "offset": message.offset(),
        "value": value_of(message.value()),
    })
consumer.close()
json.dump(found, sys.stdout, default=lambda value: value.hex())
