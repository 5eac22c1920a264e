import pytest

from scripts.script_messages import MessageError, calls


def found(source: str) -> list[tuple[str, list[str]]]:
    return [(name, texts) for _line, name, texts in calls(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('t("Save")', [("t", ["Save"])]),
        ("t('Save')", [("t", ["Save"])]),
        ('t("Hello, {name}", { name })', [("t", ["Hello, {name}"])]),
        ('tn("one chat", "{n} chats", count)', [("tn", ["one chat", "{n} chats"])]),
        (r't("It\'s \"so\" \u2014 yes")', [("t", ['It\'s "so" — yes'])]),
        (r"""t('say "hi"')""", [("t", ['say "hi"'])]),
        ("html`<b>${t('In a template')}</b>`", [("t", ["In a template"])]),
        (
            "html`<ul>${rows.map((row) => html`<li title=${t('Inner')}>don't</li>`)}</ul>${t('After')}`",
            [("t", ["Inner"]), ("t", ["After"])],
        ),
        ("html`a ${ { a: { b: 1 } }.a.b } ${t('After braces')}`", [("t", ["After braces"])]),
        (r"/t\(\"no\"\)`/.test(x) ? t('Yes') : 1 / 2 / t('No')", [("t", ["Yes"]), ("t", ["No"])]),
        ("// t('comment')\n/* t('comment') */ t('code')", [("t", ["code"])]),
        ("'t(\"text\")'; `t('template')`", []),
        ("object.t('not ours')", []),
        ("export function t(message, values) {}", []),
        ("import { t, tn } from './i18n.js';", []),
    ],
)
def test_finds_every_message_and_nothing_else(source: str, expected: list[tuple[str, list[str]]]) -> None:
    assert found(source) == expected


@pytest.mark.parametrize("source", ["t(label)", "t('a' + 'b')", "t(`a ${b}`)", "tn('one chat', many, n)"])
def test_refuses_a_text_that_nobody_could_translate(source: str) -> None:
    with pytest.raises(MessageError, match="line 2"):
        found(f"const a = 1;\n{source};")
