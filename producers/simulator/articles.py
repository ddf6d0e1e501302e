"""What is sold: 500 articles, and which of them each place keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from producers.simulator.draw import Weighted
from producers.simulator.stores import SHOPS, WAREHOUSE, Shop
from schemas.transaction import Line

__all__ = ["Article", "Assortment", "build_articles", "build_assortments", "line_of", "shares_of_sales"]

# Category and typical price in euro; prices spread around it by a factor of about two.
CATEGORIES = (
    ("socks", 8), ("shirts", 29), ("trousers", 59), ("jackets", 119), ("shoes", 79),
    ("bags", 49), ("kitchen", 24), ("books", 16), ("toys", 22), ("care", 9),
)  # fmt: skip
PER_CATEGORY = 50
IN_EVERY_STORE = 30
IN_THIS_STORE_ONLY = 30
LINES_IN_STORES = 5_800
LINES_ONLINE = 1_450
"""Lines sold on an average day, for filling the shelves; about what `purchases` plans."""
DAYS_OF_STOCK = 10
"""Deliveries are at most four days apart, so the shelves stay half full in an ordinary week."""
LEAST_STOCK = 60
WEEK_DAYS = 7
SUNDAY_STOCK = 1.6
"""Few stores sell on Sundays, and those sell as much as on three other days."""

PROMOTED = {1: "kitchen", 3: "books", 4: "shirts"}
"""Campaigns by weekday: Tuesday is kitchen day, Thursday book day, on Fridays shirts are promoted."""
PROMOTION_LIFT = 1.6


@dataclass(frozen=True)
class Article:
    """One SKU."""

    sku: str
    category: str
    price_minor: int
    popularity: float


class Assortment:
    """The articles that one place keeps, drawn by popularity, and the level each is filled up to."""

    def __init__(self, place_id: str, articles: Sequence[Article], lines_per_day: float) -> None:
        self.place_id = place_id
        self.articles = tuple(articles)
        self.by_sku = {article.sku: article for article in self.articles}
        self._popular = {
            category: Weighted(self.articles, (demand(article, category) for article in self.articles))
            for category in (None, *PROMOTED.values())
        }
        shares = shares_of_sales(self.articles)
        self.targets = {
            article.sku: max(LEAST_STOCK, ceil(shares[article.sku] * lines_per_day * DAYS_OF_STOCK))
            for article in self.articles
        }

    def draw(self, random: Random, weekday: int) -> Article:
        """Draw one article by popularity; the weekday's campaign (0 = Monday) makes some more popular."""
        return self._popular[PROMOTED.get(weekday)].draw(random)


def shares_of_sales(articles: Sequence[Article]) -> dict[str, float]:
    """Expect which part of the lines sold is which SKU, where half of the buyers take the dearer of two."""
    everything = sum(article.popularity for article in articles)
    shares, cheaper = {}, 0.0
    for article in sorted(articles, key=lambda article: article.price_minor):
        share = article.popularity / everything
        shares[article.sku] = share * (0.5 + cheaper + share / 2)
        cheaper += share
    return shares


def demand(article: Article, promoted: str | None) -> float:
    """Say how popular an article is while a category, or none, is promoted."""
    return article.popularity * (PROMOTION_LIFT if article.category == promoted else 1.0)


def line_of(article: Article, quantity: int) -> Line:
    """Write pieces of an article on a receipt."""
    return Line(
        sku=article.sku, quantity=quantity, unit_price_minor=article.price_minor, category=article.category
    )


def build_articles(seed: int) -> tuple[Article, ...]:
    """Make the catalogue, most popular first."""
    random = Random(f"{seed}/articles")
    articles = []
    for number in range(len(CATEGORIES) * PER_CATEGORY):
        category, typical = CATEGORIES[number % len(CATEGORIES)]
        euro = max(2, round(typical * random.lognormvariate(0, 0.5)))
        # popularity falls with rank as in most shops (Zipf), flattened so that no article is half of sales
        articles.append(Article(f"A-{1000 + number}", category, euro * 100 - 1, 1 / (number + 12)))
    return tuple(articles)


def build_assortments(seed: int, articles: Sequence[Article]) -> dict[str, Assortment]:
    """Give each store its 60 articles and the warehouse all of them."""
    sizes = sum(shop.size for shop in SHOPS)
    assortments = {
        shop.store_id: Assortment(
            shop.store_id, store_articles(seed, shop, articles), lines_to_expect(shop) * shop.size / sizes
        )
        for shop in SHOPS
    }
    assortments[WAREHOUSE] = Assortment(WAREHOUSE, articles, LINES_ONLINE)
    return assortments


def lines_to_expect(shop: Shop) -> float:
    """Say for how many lines a day the shelves of an average store of this kind are filled."""
    return LINES_IN_STORES * (SUNDAY_STOCK if len(shop.hours) == WEEK_DAYS else 1.0)


def store_articles(seed: int, shop: Shop, articles: Sequence[Article]) -> list[Article]:
    """Pick the best sellers and some of the rest."""
    random = Random(f"{seed}/assortment/{shop.store_id}")
    rest = random.sample(articles[IN_EVERY_STORE:], IN_THIS_STORE_ONLY)
    return [*articles[:IN_EVERY_STORE], *rest]
