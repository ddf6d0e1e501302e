"""What is sold: about 300 articles, and which of them each place keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from producers.simulator.draw import Weighted
from producers.simulator.stores import SHOPS, WAREHOUSE, Shop

__all__ = ["Article", "Assortment", "build_articles", "build_assortments"]

# Category and typical price in euro; prices spread around it by a factor of about two.
CATEGORIES = (
    ("socks", 8), ("shirts", 29), ("trousers", 59), ("jackets", 119), ("shoes", 79),
    ("bags", 49), ("kitchen", 24), ("books", 16), ("toys", 22), ("care", 9),
)  # fmt: skip
PER_CATEGORY = 30
IN_EVERY_STORE = 30
IN_THIS_STORE_ONLY = 30
SALES_PER_DAY = 4_600
DAYS_OF_STOCK = 12
LEAST_STOCK = 40


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
        self._popular = Weighted(self.articles, (article.popularity for article in self.articles))
        share = lines_per_day / sum(article.popularity for article in self.articles)
        self.targets = {
            article.sku: max(LEAST_STOCK, ceil(article.popularity * share * DAYS_OF_STOCK))
            for article in self.articles
        }

    def draw(self, random: Random) -> Article:
        """Draw one article by popularity."""
        return self._popular.draw(random)


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
            shop.store_id, store_articles(seed, shop, articles), SALES_PER_DAY * shop.size / sizes
        )
        for shop in SHOPS
    }
    assortments[WAREHOUSE] = Assortment(WAREHOUSE, articles, SALES_PER_DAY / 4)
    return assortments


def store_articles(seed: int, shop: Shop, articles: Sequence[Article]) -> list[Article]:
    """Pick the best sellers and some of the rest."""
    random = Random(f"{seed}/assortment/{shop.store_id}")
    rest = random.sample(articles[IN_EVERY_STORE:], IN_THIS_STORE_ONLY)
    return [*articles[:IN_EVERY_STORE], *rest]
