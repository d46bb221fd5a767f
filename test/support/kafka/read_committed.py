"""Reads topics as any other team would: confluent-kafka (librdkafka), read_committed, from the beginning, until SIGTERM.

usage: read_committed.py BOOTSTRAP TOPIC=PARTITIONS...
One JSON object a record on standard output: topic, partition, offset, key, headers, sha256 of the value.
"""
import base64
import hashlib
import json
import signal
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

stopping = False


def stop(*_):
    global stopping
    stopping = True


signal.signal(signal.SIGTERM, stop)
consumer = Consumer({
    "bootstrap.servers": sys.argv[1],
    "group.id": "independent-reader",
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "reconnect.backoff.max.ms": 500,
})
consumer.assign([
    TopicPartition(topic, partition, OFFSET_BEGINNING)
    for topic, count in (argument.split("=") for argument in sys.argv[2:])
    for partition in range(int(count))
])
while not stopping:
    message = consumer.poll(0.2)
    if message is None:
        sys.stdout.flush()
        continue
    if message.error():
        # Brokers come and go here: whatever can be mended is tried again by the client.
        print(message.error(), file=sys.stderr, flush=True)
        continue
    key = message.key()
    print(json.dumps({
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "key": None if key is None else base64.b64encode(key).decode(),
        "headers": {name: value.decode() for name, value in message.headers() or []},
        "sha256": hashlib.sha256(message.value() or b"").hexdigest(),
    }))
consumer.close()
sys.stdout.flush()
