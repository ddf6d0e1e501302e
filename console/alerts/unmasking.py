"""Showing one person to who sees cut ids, for a while and with a reason that is written down."""

import time
from urllib.parse import quote

from aiohttp import web
from pydantic import ValidationError

from console.alerts.actions import ActionRequest, act
from console.alerts.filters import read_filter
from console.alerts.masking import person_of
from console.alerts.views import ALERTS, UNMASKED, explained, refused
from console.errors import ActionNotKept, ActionUnfit, StoreSilent
from console.language import _
from console.login import SETTINGS
from console.problems import problem
from console.security import ROLE
from console.sessions import COOKIE

__all__ = ["ROUTES"]


async def unmask(request: web.Request) -> web.Response:
    """Show whose an alert is, to this login alone: `POST /alerts/{id}/unmask`, once Kafka has who and why."""
    if request[ROLE] != "viewer" or not request.app[SETTINGS].viewer_may_unmask:
        return problem(403, _("Your role only looks."))
    alert_id = request.match_info["alert_id"]
    reason = str((await request.post()).get("reason", "")).strip()
    try:
        alert = await request.app[ALERTS].alert(alert_id)
        if alert is not None and person_of(alert) is None:
            raise ActionUnfit(_("This alert is about no single person."))
        if not reason:
            raise ActionUnfit(_("Say why."))
        await act(request, alert_id, ActionRequest(action="unmask", text=reason))
    except ValidationError as error:
        return await refused(request, alert_id, 422, "; ".join(explained(error)))
    except ActionUnfit as error:
        return await refused(request, alert_id, 422, str(error))
    except LookupError as error:
        return await refused(request, alert_id, 404, str(error.args[0]))
    except (ActionNotKept, StoreSilent) as error:
        return await refused(request, alert_id, 503, str(error))
    request.app[UNMASKED].show(request.cookies.get(COOKIE, ""), alert_id, time.monotonic())
    raise web.HTTPSeeOther(f"/alerts/{quote(alert_id)}{read_filter(request.query, strict=False).query}")


ROUTES = (web.post("/alerts/{alert_id}/unmask", unmask),)
