"""What the system says to visitors: the company's own words, else ours in the language of the chat."""

from collections.abc import Mapping

from actions.words import words_of
from models.settings import Settings
from policy.automatic_texts import AutomaticText
from policy.languages import Language


def default_text(text: AutomaticText, language: Language) -> str:
    """The words that stand there until a company writes its own."""
    say = words_of(language)
    if text is AutomaticText.FIRST_REPLY:
        return say.gettext("All operators are busy just now. Please stay here: you will be answered soon.")
    if text is AutomaticText.REPLY:
        return say.gettext("The operator is busy and will answer as soon as possible. Thank you for waiting!")
    if text is AutomaticText.GREETING:
        return say.gettext("Hello! How can we help?")
    if text is AutomaticText.QUEUE_POSITION:
        return say.gettext("You are number {place} in the queue.")
    if text is AutomaticText.OFFLINE_PROMPT:
        return say.gettext("All our operators are away at the moment.")
    return say.gettext("Thank you for writing to us! If anything is left open, just write again.")


def text_for(settings: Settings, text: AutomaticText, language: Language) -> str:
    """What is said in this language; empty where the company wants nothing to be said."""
    own: Mapping[str, str] = getattr(settings, text.column)
    return own[language.tag] if language.tag in own else default_text(text, language)


def own_texts(text: AutomaticText, typed: Mapping[str, str]) -> dict[str, str]:
    """Of typed texts by language tag only those that are the company's own: the others follow our translations."""
    return {tag: words for tag, words in typed.items() if words != default_text(text, Language(tag))}
