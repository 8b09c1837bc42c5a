"""Cargo's events as EPCIS 2.0 documents (GS1, JSON-LD), written and read."""
