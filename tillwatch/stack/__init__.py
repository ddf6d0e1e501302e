"""The local stack: Kafka from Maven's jars, the programs of Tillwatch, and what watches over them."""
