"""Which of two generations of an input partition counts."""

__all__ = ["replaces"]


def replaces(generation: str, before: str) -> bool:
    """Say whether the word of one generation counts more than that of another.

    A generation is Kafka's topic id and the number of a reprocess: of one topic the higher number counts,
    and another topic's replaces what there was, for it has been made since.
    """
    topic, _, number = generation.rpartition(":")
    topic_before, _, number_before = before.rpartition(":")
    if topic == topic_before and number.isdigit() and number_before.isdigit():
        return int(number) > int(number_before)
    return True
