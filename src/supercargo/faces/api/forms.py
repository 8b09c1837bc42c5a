"""Commands as requests: a form for each command, read off its declaration, and the way back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from supercargo.kernel import ScenarioError

__all__ = ["TAG", "form_of", "forms_of", "instant_of", "said_in", "word_of"]

TAG = "command"
"""The field of a request that says which command it is."""

_TEXT_MOST = 4000
_LIST_MOST = 1000


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


def word_of(command: type) -> str:
    """The word by which a command is asked for: its name in small letters.

    >>> class PassGate: ...
    >>> word_of(PassGate)
    'pass_gate'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", command.__name__).lower()


def form_of(
    command: type, *, action: str, without: Iterable[str] = (), more: Mapping[str, Any] | None = None
) -> type[BaseModel]:
    """The form of a command: its fields but `without`, the `action` it stands for, and when it happened."""
    hints, left_out = get_type_hints(command), set(without)
    fields: dict[str, Any] = {
        TAG: (Literal[action], ...),
        "at_utc": (AwareDatetime | None, Field(default=None, description="when it happened, in whole seconds; left out: now")),
    }
    for declared in dataclasses.fields(command):
        if declared.name in left_out:
            continue
        default = ... if declared.default is dataclasses.MISSING else declared.default
        fields[declared.name] = (_asked(hints[declared.name]), _field(declared, default))
    fields |= more or {}
    words = (command.__doc__ or "").split("\n\n")[0]
    return create_model(command.__name__, __base__=_Form, __doc__=words, **fields)


def forms_of(forms: Sequence[type[BaseModel]]) -> Any:
    """One of several forms, told apart by their action."""
    if len(forms) == 1:
        return forms[0]
    return Annotated[reduce(or_, forms), Field(discriminator=TAG)]


def _field(declared: dataclasses.Field[Any], default: Any) -> Any:
    told = declared.metadata
    limits = {"ge": told["ge"], "le": told["le"]} if "unit" in told else {}
    finite = {name: limit for name, limit in limits.items() if abs(limit) != float("inf")}
    return Field(default=default, description=told.get("doc"), **finite)


def _asked(hint: Any) -> Any:
    """The type of a field as a request may hold it: words and lists of bounded length, instants with a zone."""
    if hint is str:
        return Annotated[str, Field(max_length=_TEXT_MOST)]
    if hint is datetime:
        return AwareDatetime
    if get_origin(hint) is tuple:
        return Annotated[list[_asked(get_args(hint)[0])], Field(max_length=_LIST_MOST)]  # type: ignore[misc]
    if get_origin(hint) is Mapping:
        return dict[str, get_args(hint)[1]]  # type: ignore[misc]
    return hint


def said_in(form: BaseModel) -> dict[str, Any]:
    """What a form says beyond its action and its instant, as the command takes it."""
    return {name: _as_said(getattr(form, name)) for name in _words_of(type(form))}


@cache
def _words_of(form: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name in form.model_fields if name not in (TAG, "at_utc"))


def _as_said(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant_of(value)
    if isinstance(value, list):
        return tuple(_as_said(part) for part in value)
    return value


def instant_of(said: datetime) -> datetime:
    """An instant as the log keeps it: UTC, whole seconds. Raises ScenarioError for parts of a second."""
    if said.microsecond:
        raise ScenarioError(
            "the instant has parts of a second", fix="give whole seconds, such as 2027-03-01T12:00:00Z", where="at_utc"
        )
    try:
        return said.astimezone(UTC)
    except OverflowError:
        raise ScenarioError("the instant is before all time", fix="give one of these centuries", where="at_utc") from None
