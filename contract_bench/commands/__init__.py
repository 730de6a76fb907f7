"""The commands of `contract-bench`, one per module: each parses, calls and sets the exit status."""
