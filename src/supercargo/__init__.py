"""Plan and run cargo transport in space."""

__all__ = ["__version__"]

__version__ = "0.1.0"
