"""Licences, staff and requirements: each row says something that can bind, and names whom and what it binds."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from supercargo.kernel import Fault
from supercargo.store.sheets import Sheets

__all__ = ["PERMIT_CHECKS"]

_HOLDERS = {"launch": ("launchers", "operator"), "station": ("vehicles", "operator"), "export": ("customers", "customer")}
_IDLE = (("transfer", "sites", "destinations"), ("processing", "destinations", "sites"))


def _holders(sheets: Sheets) -> Iterator[Fault]:
    """A holder that is nobody's name would hold nothing, and nobody would be told."""
    for row, licence in sheets.rows("licences"):
        attribute, field = _HOLDERS[licence.kind]
        if not licence.holder or not sheets.sound(attribute):
            continue
        known = sorted({getattr(record, field) for record in sheets.records(attribute)})
        if licence.holder not in known:
            close = difflib.get_close_matches(licence.holder[:80], known, n=1, cutoff=0.6)
            meant = f"did you mean {close[0]!r}?" if close else f"use one of: {', '.join(known)[:200]}"
            what = f"{licence.holder!r} is no {field} in {attribute}.csv"
            yield sheets.fault("licences", row, "holder", what, f"{meant} or leave it empty for anyone")


def _export_words(sheets: Sheets) -> Iterator[Fault]:
    """Only an export permit is about cargo; a class or hazard misspelt would name no cargo at all."""
    cargo = sheets.records("cargo")
    known = {
        "classes": sorted({line.supply_class for line in cargo}),
        "hazards": sorted({line.hazard for line in cargo} | {pair.hazard_a for pair in sheets.records("hazard_pairs")} - {""}),
    }
    for row, licence in sheets.rows("licences"):
        for field, words in known.items():
            given = getattr(licence, field)
            if given and licence.kind != "export":
                what = f"a {licence.kind} licence does not look at cargo"
                yield sheets.fault("licences", row, field, what, f"empty {field}, or set kind to export")
            for word in given:
                close = difflib.get_close_matches(word[:80], words, n=1, cutoff=0.8)
                if word not in words and close:
                    yield sheets.fault("licences", row, field, f"no cargo is {word!r}", f"did you mean {close[0]!r}?")


def _workplaces(sheets: Sheets) -> Iterator[Fault]:
    """People who transfer cargo work at places, those who process spacecraft at sites."""
    for row, one in sheets.rows("staff"):
        for role, idle, meant in _IDLE:
            if one.role == role and getattr(one, idle):
                what = f"{role} is done at {meant}, not at {idle}"
                yield sheets.fault("staff", row, idle, what, f"name its {meant} instead, or empty {idle}")


def _waivers(sheets: Sheets) -> Iterator[Fault]:
    """A waiver has a name, a reason and an end; without one of them it would lift nothing."""
    for row, one in sheets.rows("requirements"):
        given = {"waived_by": one.waived_by, "waiver_reason": one.waiver_reason, "waived_until_utc": one.waived_until_utc}
        lacking = [field for field, value in given.items() if not value]
        for field in lacking if len(lacking) < len(given) else ():
            what = f"the waiver has no {field}"
            yield sheets.fault("requirements", row, field, what, "say who waives, why and until when, or empty all three")


def _parameters(sheets: Sheets) -> Iterator[Fault]:
    """A parameter of a check is NAME=VALUE."""
    for row, one in sheets.rows("requirements"):
        for word in one.parameters:
            name, mark, value = word.partition("=")
            if not (name.strip() and mark and value.strip()):
                what = f"the parameter {word[:40]!r} has no name or no value"
                yield sheets.fault("requirements", row, "parameters", what, "write NAME=VALUE, such as days=45")


PERMIT_CHECKS: tuple[Callable[[Sheets], Iterator[Fault]], ...] = (
    _holders,
    _export_words,
    _workplaces,
    _waivers,
    _parameters,
)
"""Checks of licences, staff and requirements."""
