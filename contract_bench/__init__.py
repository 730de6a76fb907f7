"""The bench: it starts the roles, breaks them and judges the connector."""
