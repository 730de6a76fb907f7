"""Records that change while a client reads the list."""
