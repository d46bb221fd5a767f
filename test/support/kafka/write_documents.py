"""Writes documents as any other team would, by the rules of docs/kafka.md: confluent-kafka (librdkafka), murmur2.

usage: write_documents.py BOOTSTRAP REGISTRY TOPIC PARTITIONER < documents.jsonl
"""
import io
import json
import sys
import urllib.request

import fastavro
from confluent_kafka import Producer

bootstrap, registry, topic, partitioner = sys.argv[1:]
with urllib.request.urlopen(f"{registry}/subjects/{topic}-value/versions/latest") as reply:
    registered = json.load(reply)
schema = fastavro.parse_schema(json.loads(registered["schema"]))


def framed(document):
    body = io.BytesIO(b"")
    body.write(b"\0" + registered["id"].to_bytes(4, "big"))
    fastavro.schemaless_writer(body, schema, document)
    return body.getvalue()


producer = Producer({"bootstrap.servers": bootstrap, "partitioner": partitioner, "enable.idempotence": True})
for line in sys.stdin:
    document = json.loads(line)
    document["content"] = document["content"].encode()
    producer.produce(topic, key=document["givenId"].encode(), value=framed(document))
if producer.flush(20) > 0:
    sys.exit("not everything was written")
