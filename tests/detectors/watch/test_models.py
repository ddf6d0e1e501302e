"""What is wrong with models becomes one finding a model, or a channel and day."""

from datetime import timedelta

from detectors.watch.desk import Desk
from detectors.watch.models import ModelWatch
from schemas.drift import Drift
from schemas.origin import Origin
from tests.support.events import MONDAY

NOW = MONDAY.timestamp()


def drift(figure: str, shift: float, *, segment: str = "web", hours: int = 0) -> Drift:
    return Drift(
        figure=figure, segment=segment, found_at=MONDAY + timedelta(hours=hours), usual=1.0, now=1 + shift,
        shift=shift, payments=900, detector="drift/1",
    )  # fmt: skip


def test_figures_of_one_channel_and_day_are_one_finding_the_farthest_first() -> None:
    watch = ModelWatch()
    watch.drifted([drift("amount", 0.4)])
    (before,) = watch.findings(NOW)
    watch.drifted([drift("alert_rate", -0.9, hours=3), drift("amount", 0.5, segment="pos")])
    found = {one.entity: one for one in watch.findings(NOW)}
    assert found.keys() == {"web", "pos"}
    assert found["web"].alert_id == before.alert_id
    assert found["web"].count == 2
    assert [reason.value for reason in found["web"].reasons] == [1 - 0.9, 1.4]
    assert "alert rate" in found["web"].sentence
    assert sum(reason.weight for reason in found["web"].reasons) == 1


def test_a_repeat_is_no_news_and_another_day_is_another_finding() -> None:
    watch = ModelWatch()
    watch.drifted([drift("amount", 0.4)])
    (first,) = watch.findings(NOW)
    watch.drifted([drift("amount", 0.4)])
    assert watch.findings(NOW) == []
    watch.drifted([drift("amount", 0.4, hours=24)])
    (second,) = watch.findings(NOW)
    assert first.alert_id != second.alert_id


def test_a_refused_model_is_one_finding_whenever_it_is_read() -> None:
    first, again = ModelWatch(), ModelWatch()
    for watch in (first, again):
        watch.refused("model-7", NOW, "sample 0 scores .1 here")
    assert first.findings(NOW) == again.findings(NOW + 60) != []
    again.refused("model-7", NOW, "sample 0 scores .1 here")
    assert again.findings(NOW + 8 * 86_400) == [], "of last week: nobody acts on it any more"


def test_the_desk_raises_one_alert_for_a_drift_and_one_for_a_refused_model() -> None:
    desk = Desk()
    desk.drifts([drift("amount", 0.4)])
    desk.model_refused("model-7", NOW, "sample 0 scores .1 here")
    origin = Origin(generation="g:0", topic="drifts", partition=0, offset=3)
    alerts = {one.entity: one for one in desk.due(MONDAY, origin).alerts}
    assert {one.kind for one in alerts.values()} == {"model_drift"}
    assert {name: one.entity_type for name, one in alerts.items()} == {"web": "channel", "model-7": "model"}
    assert desk.due(MONDAY, origin).alerts == []
