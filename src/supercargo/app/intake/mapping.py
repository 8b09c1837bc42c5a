"""Which column of theirs is which of ours: guessed by name and unit, kept under a name, suggested where the header fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from supercargo.app.intake.tables import Intake
from supercargo.kernel import Refused, ScenarioError
from supercargo.store.columns import Column
from supercargo.store.intake import FAULT_COLUMN, Choice
from supercargo.track import intake as told
from supercargo.track.acts import Act
from supercargo.track.envelope import Receipt
from supercargo.track.event_store import EventStore

__all__ = [
    "UNITS",
    "KeptMapping",
    "MappedColumn",
    "MappingSaved",
    "choices_of",
    "conversions",
    "drop_mapping",
    "going_by",
    "guessed",
    "keep_mapping",
    "kept_mappings",
    "mapping_text",
    "proposed",
    "read_mapping_text",
    "suggested",
]

KeptMapping = told.KeptMapping
MappedColumn = told.MappedColumn
MappingSaved = told.MappingSaved

UNITS: Mapping[str, Mapping[str, float]] = {
    "kg": {"kg": 1.0, "g": 0.001, "t": 1000.0, "lb": 0.45359237, "oz": 0.028349523125},
    "USD": {"USD": 1.0, "kUSD": 1000.0, "MUSD": 1e6, "cent": 0.01},
}
"""Of our units those that files may be in, and what one of each is in ours; pound and ounce are the international ones."""

_SPELT = {
    "kgs": "kg", "kilogram": "kg", "kilograms": "kg", "gram": "g", "grams": "g", "tonne": "t", "tonnes": "t", "lbs": "lb",
    "lbm": "lb", "pound": "lb", "pounds": "lb", "ounce": "oz", "ounces": "oz", "usd": "USD", "$": "USD", "us$": "USD",
    "kusd": "kUSD", "k$": "kUSD", "musd": "MUSD", "cents": "cent", "kilo": "kg", "kilos": "kg", "kilogramm": "kg",
    "gramm": "g", "tonnen": "t", "us dollar": "USD", "us dollars": "USD",
}  # fmt: skip
_PIECES = frozenset({"pcs", "pc", "piece", "pieces", "ea", "each", "stk", "st", "stueck", "count"})
"""How headings say that they count pieces, where our column does."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BRACKETED = re.compile(r"(.*?)\s*[\[(]\s*([^\])]{1,20}?)\s*[\])]\s*")
_LINE = re.compile(r"(.*\S)\s*=\s*(\w+)\s*(?:\[([^\]]*)\])?\s*")


def _norm(words: str) -> str:
    """Words of a heading in small letters of ASCII, umlauts spelt out, other accents left away."""
    folded = unicodedata.normalize("NFC", words).casefold().translate(_UMLAUTS)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def _unit(words: str) -> str:
    word = words.strip()
    return _SPELT.get(word.casefold(), word)


def guessed(header: Sequence[str], intake: Intake) -> tuple[MappedColumn, ...]:
    """What the names of columns, with the units in their headings, say by themselves; each of ours is given once."""
    found: list[MappedColumn] = []
    free = {column.name: column for column in intake.columns}
    for exact in (True, False):  # our own names first, then what else they are called
        for name in header:
            if name == FAULT_COLUMN or any(one.theirs == name for one in found):
                continue
            if (one := _guess(name, intake, free, exact=exact)) is not None:
                found.append(one)
                del free[one.ours]
    return tuple(sorted(found, key=lambda one: header.index(one.theirs)))


def _guess(name: str, intake: Intake, free: Mapping[str, Column], *, exact: bool) -> MappedColumn | None:
    words = bracketed[1] if (bracketed := _BRACKETED.fullmatch(name)) else name
    for column in free.values():
        known = UNITS.get(column.unit, {})
        stem, given = _heading(name, column)
        names = {_norm(column.name), _norm(column.name.removesuffix("_utc"))}
        names |= {_norm(column.name.removesuffix(f"_{column.unit.lower()}"))} if column.unit else set()
        names |= set() if exact else set(intake.aliases.get(column.name, ()))
        if {stem, _norm(words)} & names and (
            given in ("", column.unit, *known) or (column.kind == "instant" and given == "UTC")
        ):
            return MappedColumn(theirs=name, ours=column.name, unit=given if given in known else "")
    return None


def _heading(name: str, column: Column) -> tuple[str, str]:
    """A heading's words without the unit that it states for a column, and that unit: bracketed, or as its last word.

    Pieces that a column of pieces states are no unit; a bracketed word that is none of ours is given as it stands.
    """
    known = UNITS.get(column.unit, {})
    if bracketed := _BRACKETED.fullmatch(name):
        words, unit = _norm(bracketed[1]), _unit(bracketed[2])
        return words, "" if column.unit == "count" and _norm(bracketed[2]) in _PIECES else unit
    stem = _norm(name)
    before, _, last = stem.rpartition(" ")
    unit = _unit(last)
    if before and (unit in known or (column.unit == "count" and last in _PIECES)):
        return before.removesuffix(" in"), unit if unit in known else ""
    return stem, ""


def choices_of(columns: Iterable[MappedColumn], intake: Intake) -> dict[str, Choice]:
    """A mapping as the reader takes it. Raises ScenarioError for a column or a unit that there is not, or one given twice."""
    known = {column.name: column for column in intake.columns}
    found: dict[str, Choice] = {}
    for one in columns:
        column = known.get(one.ours)
        if column is None:
            raise ScenarioError(
                f"{one.ours[:40]!r} is no column here", fix=f"use one of: {', '.join(known)}", where=one.theirs
            )
        units = UNITS.get(column.unit, {})
        if one.unit and one.unit not in units:
            fix = f"use one of: {', '.join(units)}" if units else f"{one.ours} has no other unit"
            raise ScenarioError(f"the unit {one.unit[:20]!r} is not converted", fix=fix, where=one.theirs)
        if any(choice.column == one.ours for choice in found.values()):
            raise ScenarioError(f"two columns give {one.ours}", fix="choose one of them", where=one.theirs)
        found[one.theirs] = Choice(column=one.ours, factor=units.get(one.unit, 1.0))
    return found


def conversions(columns: Iterable[MappedColumn], intake: Intake) -> tuple[str, ...]:
    """What is converted, and which figures are read in our unit though their heading does not say so, in words."""
    known = {column.name: column for column in intake.columns}
    words = []
    for one in columns:
        unit = known[one.ours].unit if one.ours in known else ""
        if unit not in UNITS:
            continue
        said, read = _heading(one.theirs, known[one.ours])[1], one.unit or unit
        if read != unit:
            words.append(f"{one.theirs}: 1 {read} is {UNITS[unit][read]:.12g} {unit}")
        if said in UNITS[unit] and said != read:
            words.append(f"{one.theirs} is read in {read}, though its heading says {said}")
        elif said not in UNITS[unit] and not one.unit:
            words.append(f"{one.theirs} is read in {unit}, which its heading does not say")
    return tuple(words)


def kept_mappings(store: EventStore, intake: Intake) -> tuple[KeptMapping, ...]:
    """Mappings of a table that are kept, by name."""
    return tuple(told.mappings_of(store.stream(f"mapping/{intake.name}")).values())


def suggested(kept: Iterable[KeptMapping], header: Sequence[str]) -> KeptMapping | None:
    """The mapping that names most columns of a header and none beside them; of several the one kept last."""
    fit = [one for one in kept if {column.theirs for column in one.columns} <= set(header)]
    return max(fit, key=lambda one: (len(one.columns), one.at_utc, one.name), default=None)


def proposed(kept: Iterable[KeptMapping], header: Sequence[str], intake: Intake) -> tuple[tuple[MappedColumn, ...], str, bool]:
    """How a header's columns go: by a kept mapping that fits, what it leaves open of needed columns by their names.

    Gives the columns, the mapping's name (empty: none fits), and whether its numbers have decimal commas.
    """
    guess, fit = guessed(header, intake), suggested(kept, header)
    if fit is None:
        return guess, "", False
    given = {one.ours for one in fit.columns} | {one.theirs for one in fit.columns}
    needed = {column.name for column in intake.columns if column.needed}
    more = [one for one in guess if one.ours in needed - given and one.theirs not in given]
    columns = sorted((*fit.columns, *more), key=lambda one: list(header).index(one.theirs))
    return tuple(columns), fit.name, fit.decimal_comma


def going_by(
    kept: Iterable[KeptMapping], name: str, columns: Iterable[MappedColumn], *, decimal_comma: bool
) -> KeptMapping | None:
    """The kept mapping of that name, if all that it says, units and decimal commas too, is how the columns go now."""
    found = next((one for one in kept if one.name == name), None)
    fits = found is not None and set(found.columns) <= set(columns) and found.decimal_comma == decimal_comma
    return found if fits else None


def keep_mapping(store: EventStore, intake: Intake, mapping: MappingSaved, act: Act) -> tuple[Receipt, ...]:
    """Keep a mapping under a name. Raises Refused and ScenarioError for one that can't be kept."""
    choices_of(mapping.columns, intake)
    stream = f"mapping/{intake.name}"
    if store.named(f"{act.command_id}.1") is not None:
        return ()
    drafts = told.decide_mapping(store.stream(stream), intake.name, mapping, act)
    return store.append(drafts) if drafts else ()


def drop_mapping(store: EventStore, intake: Intake, name: str, act: Act) -> tuple[Receipt, ...]:
    """Keep a mapping no longer. Raises Refused for one that is not kept."""
    if store.named(f"{act.command_id}.1") is not None:
        return ()
    return store.append(told.decide_drop(store.stream(f"mapping/{intake.name}"), intake.name, name, act))


def mapping_text(columns: Iterable[MappedColumn]) -> str:
    """A mapping in lines, to be edited: `Weight (lbs) = mass_kg [lb]`."""
    return "\n".join(f"{one.theirs} = {one.ours}" + (f" [{one.unit}]" if one.unit else "") for one in columns)


def read_mapping_text(words: str) -> tuple[MappedColumn, ...]:
    """A mapping from its lines. Raises Refused for a line that is none."""
    found = []
    for line in filter(str.strip, words.splitlines()):
        part = _LINE.fullmatch(line.strip())
        if part is None:
            raise Refused(
                f"{line.strip()[:60]!r} maps no column", fix="write THEIRS = OURS, or THEIRS = OURS [UNIT]", where="columns"
            )
        found.append(MappedColumn(theirs=part[1], ours=part[2], unit=_unit(part[3] or "")))
    return tuple(found)
