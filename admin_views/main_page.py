"""The main page: the dashboard of this moment, and the grid of all sections."""

from zoneinfo import ZoneInfo

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import format_date, format_decimal
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from admin_views.base import OtvetView
from admin_views.menu import shell
from clock import now
from models.base import db
from models.queries.dashboard import dashboard
from models.settings import load_settings
from policy.rights import Action


class MainPage(OtvetView):
    """What everybody sees first after signing in."""

    action = Action.USE_CABINET

    def __init__(self) -> None:
        super().__init__(name=_l("Operator menu"), endpoint="admin", url="/admin")

    @expose("/")
    def index(self) -> str:
        """The numbers as they are now; the script keeps them so."""
        session = db.session()
        zone = ZoneInfo(load_settings(session).time_zone)
        numbers = dashboard(session, current_user.facts, now(), zone)
        tiles = [section for section in shell().sections if not section.is_current]
        return str(
            self.render(
                "main_page.html", numbers=numbers, tiles=tiles, hundredths=_hundredths, day=format_date
            )
        )


def _hundredths(value: float) -> str:
    return str(format_decimal(value, "#,##0.00"))


def old_settings() -> ResponseReturnValue:
    """Where people's bookmarks of `/operator/settings.php` lead."""
    return redirect(url_for("settings.index_view"), code=301)


def old_code() -> ResponseReturnValue:
    """Where people's bookmarks of `/operator/getcode.php` lead."""
    return redirect(url_for("placements.index_view"), code=301)
