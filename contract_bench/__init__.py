"""The composition root: starts the roles, runs the demo, and holds what ties them together."""
