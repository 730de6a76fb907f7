"""Ways through a portal's records, page by page. A walk decides what to ask for next; it does no I/O itself."""
