"""Placements: what a button on a site looks like and whom it calls."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.departments import Department
from policy.languages import Language

DEFAULT_PLACEMENT_KEY = "default"


class Choice(enum.Enum):
    """Whether visitors choose before the chat."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class ListOrder(enum.Enum):
    SORT_ORDER = "sort_order"
    NAME = "name"
    LOAD = "load"


class ButtonPosition(enum.Enum):
    INLINE = "inline"
    BOTTOM_END = "bottom-end"
    BOTTOM_START = "bottom-start"


class Placement(Base):
    __tablename__ = "placements"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[Language | None]
    """Of chats begun here; empty = the company's main one."""
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("departments.id", ondelete="SET NULL"), index=True
    )
    shows_offline_button: Mapped[bool] = mapped_column(default=True)
    button_position: Mapped[ButtonPosition] = mapped_column(default=ButtonPosition.BOTTOM_END)
    button_offset_inline: Mapped[int] = mapped_column(default=24)
    button_offset_block: Mapped[int] = mapped_column(default=24)
    button_label: Mapped[str] = mapped_column(String(60), default="")
    """Empty = the text of the placement's language."""
    window_color: Mapped[str] = mapped_column(String(7), default="#0f766e")
    window_second_color: Mapped[str] = mapped_column(String(7), default="#115e59")
    window_background: Mapped[str] = mapped_column(String(7), default="#ffffff")
    button_color: Mapped[str] = mapped_column(String(7), default="#0f766e")
    button_second_color: Mapped[str] = mapped_column(String(7), default="#115e59")
    offers_department_choice: Mapped[Choice] = mapped_column(default=Choice.OPTIONAL)
    department_order: Mapped[ListOrder] = mapped_column(default=ListOrder.SORT_ORDER)
    offers_operator_choice: Mapped[Choice] = mapped_column(default=Choice.OFF)
    operator_order: Mapped[ListOrder] = mapped_column(default=ListOrder.SORT_ORDER)
    requires_prechat_form: Mapped[bool] = mapped_column(default=False)
    asks_name: Mapped[Choice] = mapped_column(default=Choice.OPTIONAL)
    asks_email: Mapped[Choice] = mapped_column(default=Choice.OPTIONAL)
    asks_phone: Mapped[Choice] = mapped_column(default=Choice.OFF)
    greeting: Mapped[str] = mapped_column(String(300), default="")
    """Empty = the text of the placement's language."""
    window_title: Mapped[str] = mapped_column(String(80), default="")
    allowed_sites: Mapped[str] = mapped_column(default="")
    """Own list of sites that may embed the button; empty = the common list."""
    first_seen_at: Mapped[datetime | None]
    """When a page of somebody's site first carried its button; our own test page does not count."""
    last_seen_site: Mapped[str | None] = mapped_column(String(255))
    last_seen_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    department: Mapped[Department | None] = relationship()

    def __str__(self) -> str:
        return self.key
