"""Who is let in for whom: a customer's person only for a customer that is on record, or one that is said to be new."""

from __future__ import annotations

import difflib
from dataclasses import replace

from supercargo.app.operations.desk import Desk
from supercargo.app.operations.people import AdminAct, OneTimePassword, Person, admit, folded, one_time_password, set_roles
from supercargo.kernel import ScenarioError
from supercargo.store.accounts import spelt_alike

__all__ = ["NAMED_MOST", "admit_for", "customers_on_record", "set_roles_for"]

NAMED_MOST = 30
"""So many known customers are named in a refusal."""


def customers_on_record(desk: Desk) -> tuple[str, ...]:
    """Customers of contracts and cargo in the log, and those that people were let in for, by name."""
    people = {one.customer for one in desk.accounts.people() if one.customer}
    return tuple(sorted(people | set(desk.store.tenants()), key=lambda name: (folded(name), name)))


def admit_for(
    desk: Desk, act: AdminAct, person: Person, *, password: str = "", new_customer: bool = False
) -> OneTimePassword | None:
    """Open an account; without a password a one-time password is made and given back.

    Raises what `admit` raises, and ScenarioError for a customer that is not on record and not said to be new, or that is
    written otherwise there.
    """
    _check_customer(desk, person.customer, new=new_customer)
    made = None if password else one_time_password(person.name, act.at_utc)
    once = person if made is None else replace(person, once_until_utc=made.until_utc)
    admit(desk.accounts, desk.log, act, once, password=password if made is None else made.word)
    return made


def set_roles_for(
    desk: Desk, act: AdminAct, name: str, roles: tuple[str, ...], customer: str, *, new_customer: bool = False
) -> None:
    """Give a person other roles; a customer is held to those on record. Raises what `set_roles` and `admit_for` raise."""
    _check_customer(desk, customer, new=new_customer)
    set_roles(desk.accounts, desk.log, act, name, roles=roles, customer=customer)


def _check_customer(desk: Desk, customer: str, *, new: bool) -> None:
    if not customer:
        return
    known = customers_on_record(desk)
    written = spelt_alike(customer, known)
    if written == customer:
        return
    if written is not None:
        raise ScenarioError(
            f"the customer is written {written!r} on record, not {customer!r}", fix=f"write {written}", where="customer"
        )
    if not new:
        raise ScenarioError(
            f"no customer on record is called {customer!r}", fix=_known_words(customer, known), where="customer"
        )


def _known_words(customer: str, known: tuple[str, ...]) -> str:
    if not known:
        return "say that the customer is new; none is on record yet"
    near = difflib.get_close_matches(folded(customer), [folded(one) for one in known], n=NAMED_MOST, cutoff=0.6)
    first = [one for one in known if folded(one) in near]
    named = [*first, *(one for one in known if one not in first)][:NAMED_MOST]
    more = f" and {len(known) - len(named)} more" if len(known) > len(named) else ""
    return f"use one of: {', '.join(named)}{more}; or say that the customer is new"
