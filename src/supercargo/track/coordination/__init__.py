"""Conflicts over ports, pads, crew, cargo and windows: what was seen, offered, chosen, told."""
