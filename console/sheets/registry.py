"""Every sheet. One is added by its module, its queries and a line here; its tab stands in `topbar.html`."""

from console.sheets.customer import CUSTOMER
from console.sheets.customers import CUSTOMERS
from console.sheets.funnel import FUNNEL
from console.sheets.goods import GOODS
from console.sheets.live import LIVE
from console.sheets.metric_centre import METRIC_CENTRE
from console.sheets.models import MODELS
from console.sheets.pipeline import PIPELINE
from console.sheets.rules import RULES
from console.sheets.sheet import Sheet
from console.sheets.stock import STOCK
from console.sheets.store import STORE
from console.sheets.stores import STORES

__all__ = ["SHEETS"]

SHEETS: tuple[Sheet, ...] = (
    STORES,
    STORE,
    GOODS,
    STOCK,
    FUNNEL,
    CUSTOMERS,
    CUSTOMER,
    LIVE,
    MODELS,
    RULES,
    PIPELINE,
    METRIC_CENTRE,
)
