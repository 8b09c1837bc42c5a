"""The ground floor: quantities, instants, errors, random streams, digests and outcomes."""

from supercargo.kernel.digests import canonical_json, digest_of_files, plain
from supercargo.kernel.errors import Fault, NoPlan, Refused, ScenarioError, StoreError, SupercargoError
from supercargo.kernel.instants import DAY_S, days, days_between, format_utc, parse_utc, seconds
from supercargo.kernel.outcome import Fuse, Outcome, Status, Watch, never, silent
from supercargo.kernel.quantity import DECIMALS, as_written, check_quantities, decimals, faults_of, places_of, quantity, text
from supercargo.kernel.streams import stream

__all__ = [
    "DAY_S",
    "DECIMALS",
    "Fault",
    "Fuse",
    "NoPlan",
    "Outcome",
    "Refused",
    "ScenarioError",
    "Status",
    "StoreError",
    "SupercargoError",
    "Watch",
    "as_written",
    "canonical_json",
    "check_quantities",
    "days",
    "days_between",
    "decimals",
    "digest_of_files",
    "faults_of",
    "format_utc",
    "never",
    "parse_utc",
    "places_of",
    "plain",
    "quantity",
    "seconds",
    "silent",
    "stream",
    "text",
]
