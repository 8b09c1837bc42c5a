"""The life of a mission: gates, poll, procedures, countdown, phases, incidents, and the release that opens it."""
