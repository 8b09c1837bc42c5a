"""Use cases of operations: a store of events, what may be recorded in it, and what may be asked of it."""
