"""Whose hands a technology takes: the role that what it changes belongs to, and its largest partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from supercargo.model import CollaborationRow, PartnerRow, RoadmapRow

__all__ = ["ROLE_OF", "collaborations"]

ROLE_OF: Mapping[str, str] = {
    "slip": "launch",
    "loss": "launch",
    "loss_usd": "launch",
    "standdown": "launch",
    "cost/launch": "launch",
    "turnaround/pad": "site",
    "cost/launch site services": "facility",
    "turnaround/processing": "facility",
    "overrun": "facility",
    "cost/spacecraft": "spacecraft",
    "turnaround/tail": "spacecraft",
    "cost/mission control": "spacecraft",
    "cost/mission integration": "spacecraft",
    "port_out": "customer",
    "damage": "customer",
    "demand": "customer",
    "cost/cargo preparation": "customer",
    "supplier_delay": "supplier",
    "cost/line engineering": "supplier",
}
"""Whose work each thing is that a change names; what is not here the service does by itself."""


def collaborations(technologies: Iterable[RoadmapRow], partners: Iterable[PartnerRow]) -> tuple[CollaborationRow, ...]:
    """For each change of each technology the role whose work it is, with its largest partner by cargo up."""
    listed = tuple(partners)
    found = []
    for one in technologies:
        for change in one.changes:
            role = ROLE_OF.get(_thing(change), "")
            own = sorted((row for row in listed if row.role == role and row.up_kg), key=lambda row: (-row.up_kg, row.partner))
            if own:
                found.append(
                    CollaborationRow(
                        technology_id=one.technology_id,
                        chosen=one.chosen,
                        change=change,
                        role=role,
                        partner=own[0].partner,
                        share_percent=own[0].share_percent,
                        partners_count=len(own),
                    )
                )
    return tuple(found)


def _thing(change: str) -> str:
    """What a change names: a chance, an account, what is turned round.

    >>> _thing("slip.size*0.9"), _thing("cost/launch*0.8")
    ('slip', 'cost/launch')
    """
    head = change.strip().partition("*")[0].strip()
    return head if "/" in head else head.partition(".")[0]
