"""Ways through a portal's records, page by page. Pure: the asking is passed in."""
