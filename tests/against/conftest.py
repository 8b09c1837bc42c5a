"""Scripts that made stored truth need programs of their own and are no tests."""

collect_ignore = ["make_orekit_leo.py"]
