"""The tabs of the general settings: each says which fields stand on it and how they read.

A new setting is a column of the model and a line here; a new tab is one more `SettingsTab` in `TABS`.
"""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from admin_views.automatic_texts import AutomaticTextField
from admin_views.hours_field import HoursField
from admin_views.integration_rules import AnySiteWarning, IntegrationLinks, check_crm_link
from admin_views.rules import Section
from admin_views.settings_fields import SettingsTab, emails, number, outline, said, switch
from admin_views.site_lists import check_sites
from admin_views.texts import CATEGORIES_MAXIMUM, line, lines
from admin_views.time_zones import TimeZoneField
from policy.automatic_texts import AutomaticText
from policy.crm_links import TEMPLATE_MAXIMUM

COMPANY = SettingsTab(
    "company",
    _l("Company"),
    ["company_name", "time_zone", "language"],
    {
        "company_name": {
            "label": _l("Company name"),
            "description": _l("Messages to operators and to visitors of your site are sent in this name."),
            "validators": [DataRequired(), Length(max=200)],
            "filters": [line(200)],
        },
        "time_zone": {
            "label": _l("Time zone"),
            "description": _l("All times in histories and statistics are shown in this time zone."),
        },
        "language": {
            "label": _l("Main language of the interface"),
            "description": _l(
                "The language of visitors' and operators' interface wherever no other one is chosen explicitly."
            ),
        },
    },
    {"time_zone": TimeZoneField},
)

EMAILS = SettingsTab(
    "emails",
    _l("E-mail addresses"),
    ["offline_emails", "missed_emails", "transcript_emails", "finance_emails", "system_emails"],
    emails(
        "offline_emails",
        _l("Offline messages"),
        _l("What visitors write while nobody is there. Several addresses are separated by commas."),
    )
    | emails(
        "missed_emails",
        _l("Missed chats"),
        _l("One letter for each chat that ended without an answer. Empty: no letters."),
    )
    | emails(
        "transcript_emails",
        _l("Chat transcripts"),
        _l("The text of each chat that was answered, as soon as it ends. Empty: no letters."),
    )
    | emails("finance_emails", _l("Finance"), _l("Invoices, and services that are about to expire."))
    | emails("system_emails", _l("System notices"), _l("What whoever looks after the system should know.")),
)

CATEGORIES = SettingsTab(
    "categories",
    _l("Chat classification"),
    ["categories"],
    outline(
        "categories",
        _l("Categories"),
        _l(
            "One per line. A line that begins with a space is a subcategory of the line above. "
            "A line that is edited in its place is renamed, and old chats keep it; "
            "a category that was used and is removed is kept in the history."
        ),
        14,
        CATEGORIES_MAXIMUM,
    ),
    {"categories": TextAreaField},
)

TEMPLATES = SettingsTab(
    "templates",
    _l("Templates and auto-messages"),
    [
        Section(
            _l("Auto-messages"),
            [
                "first_reply_timeout_seconds",
                AutomaticText.FIRST_REPLY.column,
                "reply_timeout_seconds",
                AutomaticText.REPLY.column,
            ],
        ),
        Section(
            _l("Texts of the chat window"),
            [
                AutomaticText.GREETING.column,
                AutomaticText.QUEUE_POSITION.column,
                AutomaticText.OFFLINE_PROMPT.column,
                AutomaticText.CHAT_CLOSED.column,
            ],
        ),
        Section(_l("Global reply templates"), ["reply_templates"]),
    ],
    number(
        "first_reply_timeout_seconds",
        _l("Waiting time for the first message, seconds"),
        _l("A visitor who waits longer for an operator is sent the message below. 0: switched off."),
    )
    | said(
        AutomaticText.FIRST_REPLY,
        _l("Message to who waits for an operator"),
        _l("Sent once, in the language of the chat."),
    )
    | number(
        "reply_timeout_seconds",
        _l("Waiting time for an operator's answer, seconds"),
        _l(
            "A visitor whose message is not answered by then is told that the operator is busy. 0: switched off."
        ),
    )
    | said(
        AutomaticText.REPLY,
        _l("Message to who waits for an answer"),
        _l("Sent once for each message that waits."),
    )
    | said(
        AutomaticText.GREETING,
        _l("Greeting"),
        _l("Stands above the form before a chat. A placement may have a greeting of its own."),
    )
    | said(
        AutomaticText.QUEUE_POSITION,
        _l("Place in the queue"),
        _l("{place} becomes the number."),
    )
    | said(
        AutomaticText.OFFLINE_PROMPT,
        _l("Nobody is there"),
        _l("Stands in the window while nobody can answer."),
    )
    | said(
        AutomaticText.CHAT_CLOSED,
        _l("Chat closed"),
        _l("The last line of a chat that an operator or the time has ended."),
    )
    | outline(
        "reply_templates",
        _l("Reply templates"),
        _l(
            "Each message must begin on a new line. If a line begins with a space, it is grouped under the line above, "
            "and that one is the name of the group."
        ),
        14,
    ),
    {"reply_templates": TextAreaField} | {text.column: AutomaticTextField for text in AutomaticText},
)

FUNCTIONS = SettingsTab(
    "functions",
    _l("Additional functions"),
    [
        Section(
            _l("Distribution of chats"),
            [
                "auto_assignment",
                "max_chats_per_operator",
                "answer_seconds",
                "misses_before_break",
                "kept_after_disconnect_minutes",
                "prefers_last_operator",
                "silent_chats_leave_limit",
            ],
        ),
        Section(_l("Chats"), ["shows_typing_preview", "asks_category", "file_maximum_megabytes"]),
    ],
    switch(
        "auto_assignment",
        _l("Auto-assignment"),
        _l("New chats will be assigned to operators automatically."),
    )
    | number(
        "max_chats_per_operator",
        _l("Maximum number of chats per operator"),
        _l("The largest number of chats of one operator under auto-assignment."),
    )
    | number(
        "answer_seconds",
        _l("Time to answer an assigned chat, seconds"),
        _l(
            "Under auto-assignment: a chat that its operator has not answered by then goes to somebody else. "
            "0: it stays."
        ),
    )
    | number(
        "misses_before_break",
        _l("Chats missed in a row before a break"),
        _l("Who has let so many chats pass gets the status “Break” and is told. 0: never."),
    )
    | number(
        "kept_after_disconnect_minutes",
        _l("A conversation waits for its operator, minutes"),
        _l("When the operator has gone offline. After that it goes back to the queue. 0: it stays theirs."),
    )
    | switch(
        "prefers_last_operator",
        _l("Last operator first"),
        _l("A returning visitor goes to the operator they talked to last, if that one is free."),
    )
    | switch(
        "silent_chats_leave_limit",
        _l("Chats with a silent visitor do not count"),
        _l(
            "Whose visitor has been silent for 5 minutes does not count towards the limit until they write again."
        ),
    )
    | switch(
        "shows_typing_preview",
        _l("Show what the visitor is typing"),
        _l("Operators see the visitor's words before they are sent."),
    )
    | switch(
        "asks_category",
        _l("Ask for the category on closing"),
        _l("An operator who closes a chat is asked for its category."),
    )
    | number(
        "file_maximum_megabytes",
        _l("Largest file of a visitor, MB"),
        _l("Larger ones are refused."),
    ),
)

SESSIONS = SettingsTab(
    "sessions",
    _l("Sessions"),
    [
        Section(
            _l("Chats"), ["silence_closes_after_minutes", "reopens_within_hours", "message_editable_minutes"]
        ),
        Section(_l("Visitors"), ["visitor_left_after_minutes", "visitor_remembered_days", "tracks_visitors"]),
        Section(
            _l("Operators"), ["operator_gone_after_seconds", "operator_idle_hours", "second_factor_demanded"]
        ),
    ],
    number(
        "silence_closes_after_minutes",
        _l("A chat closes by itself after, minutes"),
        _l("When nobody has written for so long. 0: it stays open."),
    )
    | number(
        "reopens_within_hours",
        _l("A closed chat is continued within, hours"),
        _l(
            "If the visitor writes again by then, it is the same chat; later it is a new one. 0: always a new one."
        ),
    )
    | number(
        "message_editable_minutes",
        _l("One's own message can be edited or withdrawn within, minutes"),
        _l("0: never."),
    )
    | number(
        "visitor_left_after_minutes",
        _l("A visitor has left the site after, minutes"),
        _l("When none of their pages has been open for so long. The chat stays."),
    )
    | number(
        "visitor_remembered_days",
        _l("A visitor is remembered for, days"),
        _l("For so long a browser finds its chats again."),
    )
    | switch(
        "tracks_visitors",
        _l("Follow visitors"),
        _l("Pages, address and place of visitors are kept and shown to operators."),
    )
    | number(
        "operator_gone_after_seconds",
        _l("An operator counts as gone after, seconds"),
        _l("Whose connection has been gone for longer becomes offline. A reload is shorter than that."),
    )
    | number(
        "operator_idle_hours",
        _l("An operator is signed out after, hours"),
        _l("How long a session lasts that nobody uses."),
    )
    | switch(
        "second_factor_demanded",
        _l("Demand the second factor of everybody"),
        _l(
            "Who has none sets it up at once, before anything else opens. "
            "Codes come from an application on the phone."
        ),
    ),
)

INTEGRATION = SettingsTab(
    "integration",
    _l("Integration"),
    [
        IntegrationLinks(),
        Section(_l("Sites"), [AnySiteWarning(), "allowed_sites"]),
        Section(_l("Outside CRM"), ["crm_link"]),
    ],
    {
        "allowed_sites": {
            "label": _l("Sites that may carry the button"),
            "description": _l("One per line, for example www.company.com. Empty: any site may."),
            "validators": [Optional(), check_sites],
            "filters": [lines],
            "render_kw": {"rows": 4, "class": "ltr", "spellcheck": "false"},
        },
        "crm_link": {
            "label": _l("Link to the visitor in the CRM"),
            "description": _l(
                "Stands in the visitor's card of the workplace. What is in braces is filled in: "
                "{name}, {email}, {phone}, {visitor} and {chat}, the last two being identifiers. Empty: no link."
            ),
            "validators": [Length(max=TEMPLATE_MAXIMUM), check_crm_link],
            "filters": [line(TEMPLATE_MAXIMUM)],
            "render_kw": {
                "class": "ltr",
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "https://crm.company.com/search?phone={phone}&email={email}",
            },
        },
    },
    {"allowed_sites": TextAreaField},
)

HOURS = SettingsTab(
    "hours",
    _l("Working hours"),
    ["working_hours"],
    {"working_hours": {"label": _l("Working hours")}},
    {"working_hours": HoursField},
)

TABS = (COMPANY, HOURS, EMAILS, CATEGORIES, TEMPLATES, FUNCTIONS, SESSIONS, INTEGRATION)
"""In the order of the manual."""
