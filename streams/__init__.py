"""The Faust app: what reads from Kafka and writes to Kafka."""
