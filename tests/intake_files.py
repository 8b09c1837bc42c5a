"""What tests of intake share: files as people send them, and the way from upload to record."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence
from typing import Any

import openpyxl
from fastapi.testclient import TestClient

__all__ = ["alerts", "as_shown", "book", "csv_of", "looked", "posted", "recorded", "words_of"]

ORDER = ("item_id", "customer", "supplier", "order_no", "pieces", "mass_kg")


def book(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook as another program writes it."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def csv_of(rows: Sequence[Sequence[Any]], sign: str = ",") -> bytes:
    """The same as CSV."""
    return "".join(sign.join(str(cell) for cell in row) + "\n" for row in rows).encode()


def posted(client: TestClient, table: str, name: str, content: bytes) -> tuple[int, str]:
    """Send a file: the status, and where it leads or what the page says."""
    answer = client.post(f"/intake/{table}", files={"file": (name, content)})
    return answer.status_code, answer.headers.get("location", "") or html.unescape(answer.text)


def looked(client: TestClient, table: str, name: str, content: bytes) -> tuple[str, str]:
    """Send a file that is taken to be looked at: its address and its page."""
    status, place = posted(client, table, name, content)
    assert status == 303, alerts(place)
    return place, client.get(place).text


def recorded(client: TestClient, place: str, **typed: str) -> tuple[int, str]:
    """Press `Record` on the page of a file, once all that it asks is agreed to."""
    answer = client.post(place, data={**as_shown(client.get(place).text), **typed})
    return answer.status_code, answer.headers.get("location", "") or html.unescape(answer.text)


def as_shown(text: str) -> dict[str, str]:
    """What the form that records sends from a page, every box ticked; of a page without it, what one would forge."""
    form = re.search(r'id="form-record".*?</form>', text, re.S)
    found = form[0] if form else text[text.index('id="form-columns"') :]
    key, sign = re.search(r'name="key" value="([^"]+)"', found), re.search(r'name="sign" value="([^"]+)"', found)
    assert key is not None
    ticks = dict.fromkeys(re.findall(r'name="(accept-\w+)"', found), "yes")
    return {"key": key[1], "do": "record", "sign": sign[1] if sign else "", **ticks}


def alerts(text: str) -> str:
    """What a page alarms with."""
    found = re.findall(r'role="(?:alert|status)">(.*?)</p>(?:\s*<ul.*?</ul>)?', text, re.S)
    listed = re.findall(r"<li>(.*?)</li>", text, re.S)
    return html.unescape(" | ".join([*found, *listed]))


def words_of(text: str) -> str:
    """The words of a page without its marks."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))
