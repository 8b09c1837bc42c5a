"""What is done to make the service cheaper: initiatives, each by the parameters of the scenario that it changes."""

from __future__ import annotations

from dataclasses import dataclass

from supercargo.kernel import quantity, text
from supercargo.model.catalogue import _Checked, _Record

__all__ = [
    "INITIATIVE_AIMS",
    "INITIATIVE_STATES",
    "SAVING_WAYS",
    "Initiative",
    "InitiativeSaving",
]

INITIATIVE_AIMS = ("cost", "efficiency", "margin", "price")
"""cost: the same work for less; efficiency: less work; margin: more earned on the same; price: a lower price for customers."""

INITIATIVE_STATES = ("idea", "approved", "running", "done", "stopped")
"""stopped ones are not measured; the others are, and only running and done ones can have saved anything yet."""

SAVING_WAYS = ("recosted", "replanned", "not measured")
"""recosted: the plan's flights and loads at changed prices; replanned: a new plan; not measured: neither was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Initiative(_Record):
    """Something done to make the service cheaper or its margin better; what it saves is measured and stands nowhere."""

    initiative_id: str = text("name of the initiative")
    title: str = text("what is done")
    aim: str = text("what it is for", choices=INITIATIVE_AIMS)
    changes: tuple[str, ...] = text(
        "parameters it changes: FILE/ROW/COLUMN*FACTOR or FILE/ROW/COLUMN+NUMBER; ROW: the key, parts joined by /, * for any"
    )
    least_fraction: float = quantity("fraction", "share of the change that is reached at the least", ge=0, le=1, default=0.5)
    most_fraction: float = quantity("fraction", "share of the change that is reached at the most", ge=1, le=3, default=1.2)
    one_off_usd: float = quantity("USD", "what it costs once", ge=0, le=1e12)
    start_month: int = quantity("count", "month of the horizon from whose start it works; 1: the first", ge=1, le=240)
    owner: str = text("role that answers for it")
    state: str = text("how far it has come", choices=INITIATIVE_STATES, default="idea")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiativeSaving(_Checked):
    """What an initiative saves, measured: the plan costed or planned with it and without it, over the whole horizon.

    Saving is of what the service pays; the chain's saving has furnished launches and spacecraft too. `last_usd` is what is
    lost if this one alone is left out of the whole programme; where it differs from `saving_usd`, initiatives interact.
    """

    rank: int = quantity("count", "1: the largest saving", ge=1)
    initiative_id: str = text("name of the initiative")
    title: str = text("what is done")
    aim: str = text("what it is for", choices=INITIATIVE_AIMS)
    way: str = text("how it was measured", choices=SAVING_WAYS)
    changes: tuple[str, ...] = text("parameters it changes")
    accounts: tuple[str, ...] = text("accounts of costs.csv that it moves")
    saving_usd: float | None = quantity("USD", "cost of the service saved by it alone; empty: not measured", default=None)
    least_usd: float | None = quantity("USD", "the same where least is reached", default=None)
    most_usd: float | None = quantity("USD", "the same where most is reached", default=None)
    last_usd: float | None = quantity("USD", "what all save together less what all others do", default=None)
    horizon_usd: float | None = quantity("USD", "saved by it alone on flights that lift off once it works", default=None)
    revenue_usd: float | None = quantity("USD", "what the service earns more by it alone", default=None)
    chain_usd: float | None = quantity("USD", "cost of the whole chain saved by it alone", default=None)
    one_off_usd: float = quantity("USD", "what it costs once", ge=0)
    payback_d: float | None = quantity(
        "d", "time until saving and revenue have paid what it costs once; empty: they never do", ge=0, default=None
    )
    start_month: int = quantity("count", "month of the horizon from whose start it works", ge=1)
    owner: str = text("role that answers for it")
    state: str = text("how far it has come", choices=INITIATIVE_STATES)
    evidence: str = text("weakest evidence of its figures")
