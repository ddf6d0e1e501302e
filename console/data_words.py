"""Words that are values of the contract and stand on pages as text: marked, so that they can be translated.

A template writes `{{ _(value) }}` into an element with `data-word`; by that the script translates it too.
"""

from console.language import N_

__all__ = ["DATA_WORDS"]

DATA_WORDS: tuple[str, ...] = (
    # payments: status
    N_("authorised"),
    N_("captured"),
    N_("declined"),
    N_("refunded"),
    N_("voided"),
    # decisions and what rules do
    N_("approve"),
    N_("review"),
    N_("decline"),
    N_("tag"),
    # what became of an event
    N_("scored"),
    N_("followed"),
    N_("repeat"),
    N_("refused"),
    N_("synthetic"),
    # verdicts
    N_("fraud"),
    N_("genuine"),
    N_("real"),
    N_("false_alarm"),
    N_("withdrawn"),
    N_("chargeback"),
    # channels
    N_("pos"),
    N_("web"),
    N_("app"),
    # how people pay
    N_("card"),
    N_("wallet"),
    N_("cash"),
    N_("gift_card"),
    N_("bank_transfer"),
    N_("invoice"),
    # devices
    N_("desktop"),
    N_("ios"),
    N_("android"),
    N_("tablet"),
    N_("other"),
    # clicks
    N_("view"),
    N_("search"),
    N_("product"),
    N_("add_to_cart"),
    N_("checkout"),
    N_("pay"),
    N_("error"),
    # movements of stock
    N_("receipt"),
    N_("sale"),
    N_("return"),
    N_("transfer_in"),
    N_("transfer_out"),
    N_("adjustment"),
    N_("count"),
    # lists
    N_("allow"),
    N_("block"),
    # stores
    N_("open"),
    N_("closed"),
    # comparisons
    N_("better"),
    N_("worse"),
    # agents
    N_("waiting"),
    N_("restoring"),
    N_("running"),
    # the demo's script
    N_("to come"),
    N_("over"),
    # models, and movements of the demo
    N_("champion"),
    N_("challenger"),
    N_("past"),
    N_("none"),
    N_("invalid"),
    N_("counted"),
)
