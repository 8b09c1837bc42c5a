"""What tests of the pages' forms share: the form as a person's browser would send it."""

from __future__ import annotations

import html
import re

from fastapi.testclient import TestClient

__all__ = ["form_shown", "sent"]


def form_shown(text: str, name: str) -> tuple[str, dict[str, str]]:
    """Where the form of that name on a page goes, and what it holds before anything is typed."""
    found = re.search(rf'<form[^>]*action="([^"]*)" id="form-{name}".*?</form>', text, re.S)
    assert found is not None, f"the page has no form {name}"
    held = dict(re.findall(r'<input[^>]*name="([^"]*)" value="([^"]*)"', found[0]))
    for field, options in re.findall(r'<select name="([^"]*)">(.*?)</select>', found[0], re.S):
        held[field] = (re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options))[0]
    held |= dict(re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', found[0], re.S))
    return html.unescape(found[1]), {field: html.unescape(value) for field, value in held.items()}


def sent(client: TestClient, path: str, form: str, do: str, /, **typed: str) -> tuple[int, str]:
    """Open a page, fill in a form of it and press a button: the status of the answer, and its text or where it leads."""
    action, held = form_shown(client.get(path).text, form)
    answer = client.post(action.partition("#")[0], data={**held, **typed, "do": do})
    return answer.status_code, answer.headers.get("location", "") or html.unescape(answer.text)
