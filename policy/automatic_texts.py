"""The texts that the system says to visitors by itself."""

import enum


class AutomaticText(enum.Enum):
    """One text of the settings, in all languages; the value begins the name of its column."""

    FIRST_REPLY = "first_reply"
    REPLY = "reply"
    GREETING = "greeting"
    QUEUE_POSITION = "queue_position"  # `{place}` in it becomes the number
    OFFLINE_PROMPT = "offline_prompt"
    CHAT_CLOSED = "chat_closed"

    @property
    def column(self) -> str:
        """The setting that keeps it."""
        return f"{self.value}_texts"


TEXT_MAXIMUM = 500
