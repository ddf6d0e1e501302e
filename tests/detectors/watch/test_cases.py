"""Which case tells of a payment, when cases become part of others and payments come and go."""

from detectors.fraud.champions import Champions
from detectors.fraud.label_book import LabelBook
from detectors.watch.cases import CaseBook
from detectors.watch.stores import StoreBook
from detectors.watch.suspicious_payment import SuspiciousCase
from detectors.watch.terminal_fraud import TerminalCase
from detectors.watch.would_pass import WouldPass
from tests.detectors.watch.paying import HOUR, at, paid_of, pay


def test_a_payment_that_comes_back_is_told_of_though_its_case_became_part_of_another() -> None:
    """Let go, it was not handed over: the terminal's case knows nothing of it."""
    cases = CaseBook(lambda *_: None)
    here, there = paid_of([pay(1, 0, score=0.9), pay(2, HOUR, score=0.9, terminal_id="terminal-2")])
    weaker = SuspiciousCase("card", "card-own", "day", {}, WouldPass(Champions(), LabelBook().amounts))
    stronger = TerminalCase("terminal-1", "day", 0.0)
    for case, one in ((weaker, here), (weaker, there)):
        cases.put(case, one)
    cases.begin(weaker)
    cases.release(there.event, at(2 * HOUR).timestamp())
    cases.absorb(stronger, weaker, at(3 * HOUR).timestamp())
    cases.begin(stronger)
    assert weaker.until is not None

    assert cases.put(weaker, there)
    told = {case.alert_id: case.finding(StoreBook()) for case in cases.changed()}
    mine = told[weaker.alert_id]
    assert (mine.until, [one.event_id for one in mine.payments]) == (None, [there.event_id])
    assert "Now part of" not in mine.sentence
    assert [one.event_id for one in told[stronger.alert_id].payments] == [here.event_id]
