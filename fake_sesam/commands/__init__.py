"""The commands of `fake-sesam`, one module each."""
