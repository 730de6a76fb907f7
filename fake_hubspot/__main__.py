"""`python -m fake_hubspot` is `fake-hubspot`."""

from bench_core.start import fake_hubspot

if __name__ == "__main__":
    fake_hubspot()
