"""HubSpot over HTTP: connections, credentials, rate limits and retries."""
