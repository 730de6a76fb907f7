"""`python -m fake_sesam`."""

from fake_sesam.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
