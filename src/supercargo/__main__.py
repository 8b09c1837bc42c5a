"""`python -m supercargo` is the command `supercargo`."""

from supercargo.faces.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
