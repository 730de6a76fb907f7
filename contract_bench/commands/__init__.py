"""Commands of ``contract-bench``, one a module: each parses, calls and sets the exit status."""
