"""Many drawn courses of a plan's year, as the register of risks and the covers read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Courses", "Toll"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Toll:
    """What each course costs, in money and in days below reserve."""

    loss_usd: Floats  # [course] money that the course costs the service
    below_reserve_d: Floats  # [course, stock] d with stock below reserve

    @property
    def count(self) -> int:
        """Courses drawn."""
        return len(self.loss_usd)

    @property
    def below_reserve(self) -> Bools:
        """[course] some stock falls below its reserve."""
        return np.asarray((self.below_reserve_d > 0).any(axis=1))


@dataclass(frozen=True, kw_only=True)
class Courses(Toll):
    """What befell a plan in each course of the year, course by course in one order; without an effect a number is 0."""

    missions: tuple[str, ...]
    ports: tuple[tuple[str, str], ...]  # (place, port)
    classes: tuple[str, ...]
    stocks: tuple[tuple[str, str], ...]  # (place, class)
    lost: Bools  # [course, mission] lost after its lift-off
    slip_d: Floats  # [course, mission] d later than planned
    overrun_d: Floats  # [course, mission] d that processing takes longer
    port_out_d: Floats  # [course, port] d out of use
    damaged_usd: Floats  # [course, class] declared value damaged
    demand_fraction: Floats  # [course, stock] use above the forecast, by its share
    supplier_delay_d: Floats  # [course] d of the latest line
    below_zero_d: Floats  # [course, stock] d with stock below zero
