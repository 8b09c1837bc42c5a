"""Lessons: opened by what went wrong, closed only by a changed rule or parameter that a released plan carries."""
