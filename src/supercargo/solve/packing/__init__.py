"""Packing of boxes into bins: full or partial support, mass and slot limits, boxes that must stay on top."""

from supercargo.solve.packing.boxes import Bin, Kind, Order, Packing, orders, pack, turns_of
from supercargo.solve.packing.improve import repack

__all__ = ["Bin", "Kind", "Order", "Packing", "orders", "pack", "repack", "turns_of"]
