"""What can go wrong while events are put into Kafka.

Retry
├── NotDelivered   Kafka did not acknowledge an event in time
├── ClockUnreadable  the simulated clock's file is there but cannot be read
└── CueSheetUnreadable  the file of the simulation's incidents is there but cannot be read
SetAside
└── BadInputFile   a file to replay or to look at is missing, damaged or has other columns
Stop
└── OtherSimulation  the state folder belongs to a simulation with other settings
"""

from schemas.errors import Retry, SetAside, Stop

__all__ = ["BadInputFile", "ClockUnreadable", "CueSheetUnreadable", "NotDelivered", "OtherSimulation"]


class NotDelivered(Retry):
    """Kafka did not acknowledge an event in time; whether it was stored is unknown.

    Send the same event again, with the same `event_id`, `run` and `seq`: readers drop the repeat.

    Parameters
    ----------
    topic, event_id
        Which event.
    reason
        What Kafka's client said.

    """

    def __init__(self, topic: str, event_id: str, reason: str) -> None:
        super().__init__(f"Kafka did not acknowledge event {event_id} for topic {topic}: {reason}")
        self.topic = topic
        self.event_id = event_id


class ClockUnreadable(Retry):
    """The clock file is not what the simulator writes. Delete it, or let the simulator write it anew."""


class CueSheetUnreadable(Retry):
    """The cue sheet is not what the simulator writes. Delete it, or let the simulator write it anew."""


class BadInputFile(SetAside):
    """The message says what was expected and what came. Nothing was sent."""


class OtherSimulation(Stop):
    """The saved state is of another seed or start. Name another state folder, or delete this one."""
