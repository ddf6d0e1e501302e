"""Follow the alerts in Kafka: `python alert_consumer.py 127.0.0.1:19092`. Needs kafka-python alone.

Reads the whole topic first, so that it knows which alerts are open, then prints each one that is raised or
comes to its end. An alert is written again whenever it changes: the last record per key is how it stands.
"""

import json
import sys

from kafka import KafkaConsumer, TopicPartition

TOPIC = "alerts"


def is_open(alert):
    """Whether somebody should still look at it: it lasts, and nobody has answered it."""
    answer = alert.get("answer")
    return alert.get("until") is None and (answer is None or answer["verdict"] == "withdrawn")


def follow(servers, print_line):
    """Keep the latest state of every alert; say which ones open and which are dealt with."""
    consumer = KafkaConsumer(
        bootstrap_servers=servers.split(","), auto_offset_reset="earliest", enable_auto_commit=False
    )
    # Assigned, not subscribed: every instance of this program reads all of it and remembers nothing in Kafka.
    partitions = [TopicPartition(TOPIC, number) for number in consumer.partitions_for_topic(TOPIC)]
    consumer.assign(partitions)
    ends = consumer.end_offsets(partitions)
    latest = {}
    caught_up = False
    while True:
        if not caught_up and all(consumer.position(one) >= ends[one] for one in partitions):
            caught_up = True
            print_line(f"{sum(map(is_open, latest.values()))} open")
        for records in consumer.poll(timeout_ms=1000).values():
            for record in records:
                alert = json.loads(record.value)
                before = latest.get(alert["alert_id"])
                latest[alert["alert_id"]] = alert
                was_open = before is not None and is_open(before)
                if caught_up and is_open(alert) != was_open:
                    word = alert["severity"] if is_open(alert) else "closed"
                    print_line(f"{word} {alert['kind']}: {alert['sentence']}")


if __name__ == "__main__":
    follow(sys.argv[1], lambda line: print(line, flush=True))
