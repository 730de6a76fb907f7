"""`python -m fake_sesam` is `fake-sesam`."""

from bench_core.start import fake_sesam

if __name__ == "__main__":
    fake_sesam()
