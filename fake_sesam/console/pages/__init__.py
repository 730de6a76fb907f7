"""One module for each main page. Each function answers a route of its name."""
