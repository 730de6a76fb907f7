"""The commands of `fake-sesam`: one module for each."""
