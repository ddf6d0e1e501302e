"""The web server of the console."""

from collections.abc import AsyncIterator

from aiohttp import web

from console.alerts.actions import ROUTES as ACTION_ROUTES
from console.alerts.feed import AlertFeed
from console.alerts.hiding import ROUTES as HIDING_ROUTES
from console.alerts.playbook_views import ROUTES as PLAYBOOK_ROUTES
from console.alerts.unmasked import Unmasked
from console.alerts.unmasking import ROUTES as UNMASKING_ROUTES
from console.alerts.views import ALERTS, ANSWERING, PUBLISHER, UNMASKED
from console.alerts.views import ROUTES as ALERT_ROUTES
from console.answers import Answers
from console.api import FEED, figure_csv, figure_json, now_json, now_stream
from console.api_docs import ROUTES as DOCS_ROUTES
from console.dead_letters.replaying import Replays
from console.dead_letters.views import REPLAYS
from console.dead_letters.views import ROUTES as LETTER_ROUTES
from console.feed import Feed
from console.language import speak
from console.login import LOGIN_LIMIT, SETTINGS, log_in, log_out, login_form
from console.login_limit import LoginLimit
from console.pages import healthz, now_page
from console.publisher import Publisher
from console.query_set import QUERIES
from console.reader import StoreReader
from console.refusals import say_refused
from console.review.reviews import REVIEWS, Reviews
from console.review.views import ROUTES as REVIEW_ROUTES
from console.rule_check import ROUTES as CHECK_ROUTES
from console.rules import STORE, rules_json
from console.security import SESSIONS, TOKENS, VIEWER, add_headers, require_session, same_origin_only
from console.sessions import Sessions
from console.settings import ConsoleSettings
from console.sheets.feed import SheetFeed
from console.sheets.registry import SHEETS
from console.sheets.views import FEEDS
from console.sheets.views import ROUTES as SHEET_ROUTES
from console.templating import STATIC, TEMPLATES, templates
from console.wall import ROUTES as WALL_ROUTES
from console.wall import WALLS
from console.why import why_json
from producers.api_keys import ApiKeys
from schemas.settings import KafkaSettings
from sinks.review.settings import ReviewSettings
from sinks.settings import ClickHouseSettings

__all__ = ["create_app", "serve"]

MAX_BODY_BYTES = 16_384
"""Nobody sends more than a login, an answer or a comment."""

ANSWER_SECONDS = 30
"""Pages that reckon long, such as what rules would have done, have their answer by then; somebody waits."""


def create_app(settings: ConsoleSettings, store: ClickHouseSettings, kafka: KafkaSettings) -> web.Application:
    """Build the application; `store` should be a user who can only read. Kafka takes what people do."""
    app = web.Application(
        middlewares=[same_origin_only, require_session, say_refused], client_max_size=MAX_BODY_BYTES
    )
    key = settings.session_key.get_secret_value().encode() if settings.session_key else None
    app[SETTINGS] = settings
    speak(settings.language)
    store = store.model_copy(update={"answer_seconds": min(store.answer_seconds, ANSWER_SECONDS)})
    app[STORE] = store
    app[SESSIONS] = Sessions(key, lifetime_seconds=settings.session_hours * 3600)
    app[VIEWER] = settings.viewer
    tokens = settings.read_tokens.get_secret_value() if settings.read_tokens else ""
    app[TOKENS] = ApiKeys.parse(tokens, "TILLWATCH_CONSOLE_READ_TOKENS") if tokens else ApiKeys({})
    walls = settings.wall_links.get_secret_value() if settings.wall_links else ""
    app[WALLS] = ApiKeys.parse(walls, "TILLWATCH_CONSOLE_WALL_LINKS") if walls else ApiKeys({})
    app[LOGIN_LIMIT] = LoginLimit()
    app[UNMASKED] = Unmasked()
    app[TEMPLATES] = templates()
    app[REVIEWS] = Reviews(store, ReviewSettings())

    async def feeds(app: web.Application) -> AsyncIterator[None]:
        app[FEED] = Feed(StoreReader(store, QUERIES), settings)
        app[ALERTS] = AlertFeed(store, settings)
        app[FEEDS] = {sheet.name: SheetFeed(sheet, store, settings) for sheet in SHEETS}
        app[PUBLISHER] = Publisher(kafka.bootstrap_servers)
        app[REPLAYS] = Replays(app[PUBLISHER])
        app[ANSWERING] = Answers(app[PUBLISHER], now=app[ALERTS].now)
        yield
        await app[PUBLISHER].close()

    async def close_feeds(app: web.Application) -> None:
        # On shutdown and not on cleanup: the server waits for open streams in between.
        await app[FEED].close()
        await app[ALERTS].close()
        for feed in app[FEEDS].values():
            await feed.close()

    app.cleanup_ctx.append(feeds)
    app.on_shutdown.append(close_feeds)
    app.on_response_prepare.append(add_headers)
    app.add_routes(
        [
            web.get("/", now_page),
            web.get("/login", login_form),
            web.post("/login", log_in),
            web.post("/logout", log_out),
            web.get("/healthz", healthz),
            web.get("/api/v1/now", now_json),
            web.get("/api/v1/now/stream", now_stream),
            web.get("/api/v1/now/figures/{name}.csv", figure_csv),
            web.get("/api/v1/now/figures/{name}", figure_json),
            web.get("/api/v1/rules", rules_json),
            web.get("/api/v1/why", why_json),
            *REVIEW_ROUTES,
            *HIDING_ROUTES,  # before what takes any name for an alert's
            *ALERT_ROUTES,
            *ACTION_ROUTES,
            *PLAYBOOK_ROUTES,
            *UNMASKING_ROUTES,
            *LETTER_ROUTES,
            *SHEET_ROUTES,
            *CHECK_ROUTES,
            *DOCS_ROUTES,
            *WALL_ROUTES,
            web.static("/static", STATIC),
        ]
    )
    return app


def serve(settings: ConsoleSettings, store: ClickHouseSettings, kafka: KafkaSettings) -> None:
    """Serve until a signal ends it."""
    web.run_app(
        create_app(settings, store, kafka),
        host=settings.host,
        port=settings.port,
        print=None,
        access_log=None,
        shutdown_timeout=2.0,
    )
