"""HubSpot over HTTP: one request, its answer, and everything that stands between the two."""
