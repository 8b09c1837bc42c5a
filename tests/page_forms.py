"""Pages as a browser takes them apart: their elements, links and forms with every field, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

__all__ = ["FormSeen", "PageSeen", "crawled", "page_seen", "shape_of"]


@dataclass
class FormSeen:
    """A form: where it goes, fields by name with what they hold, which of them take text, and its buttons."""

    action: str
    name: str
    multipart: bool
    held: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    needed: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    instants: list[str] = field(default_factory=list)
    ticks: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from other forms."""
        return (shape_of(self.action), self.name, *sorted(self.texts))


@dataclass
class PageSeen(HTMLParser):
    """A page taken apart."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[FormSeen] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: FormSeen | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.elements.append((tag, said))
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"])
        if tag == "form" and said.get("method", "get").lower() == "post":
            multipart = said.get("enctype", "").startswith("multipart")
            self._form = FormSeen(said.get("action", ""), said.get("id", ""), multipart)
            self.forms.append(self._form)
        if self._form is not None:
            self._field(tag, said, self._form)

    def _field(self, tag: str, said: dict[str, str], form: FormSeen) -> None:
        name, kind = said.get("name", ""), said.get("type", "text")
        if "required" in said:
            form.needed.add(name)
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            value = said.get("value", "")
            if "selected" in said or self._select not in form.held or (not form.held[self._select] and value):
                form.held[self._select] = value
        elif tag == "textarea":
            self._area = name
            form.texts.append(name)
        elif tag == "button" and name:
            form.buttons.append((name, said.get("value", "")))
        elif tag == "input" and name:
            if kind in ("checkbox", "radio"):
                form.ticks.setdefault(name, said.get("value", "on"))
            elif kind == "file":
                form.files.append(name)
            elif kind == "datetime-local":
                form.instants.append(name)
            elif kind == "number" or said.get("inputmode") == "decimal":
                form.numbers.append(name)
            elif kind == "hidden":
                form.held[name] = said.get("value", "")
            else:
                form.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page_seen(text: str) -> PageSeen:
    """A page taken apart."""
    seen = PageSeen()
    seen.feed(text)
    seen.close()
    return seen


def shape_of(link: str) -> str:
    """What kind of page a link leads to: names in its path and values in its query left out."""
    parts = urlsplit(link)
    steps = parts.path.strip("/").split("/")
    query = ",".join(sorted(word.partition("=")[0] for word in parts.query.split("&") if word))
    kinds = ("*" if any(sign.isdigit() or sign.isupper() for sign in step) else step for step in steps[1:])
    return "/".join([steps[0], *kinds]) + f"?{query}"


Crawled = Iterator[tuple[str, str, PageSeen]]


def crawled(client: TestClient, starts: tuple[str, ...], *, each: int = 3, most: int = 150) -> Crawled:
    """Pages that lead from one to the next, `each` of a kind: address, text, parts."""
    waiting, known, counts = list(starts), set(starts), dict[str, int]()
    while waiting and most:
        path = waiting.pop(0)
        answer = client.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        most -= 1
        seen = page_seen(answer.text)
        yield path, answer.text, seen
        for link in seen.links:
            shape = shape_of(link)
            if link not in known and "xlsx=" not in link and counts.get(shape, 0) < each:
                known.add(link)
                counts[shape] = counts.get(shape, 0) + 1
                waiting.append(link)
