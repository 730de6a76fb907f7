"""A small Sesam node: reads a real node's configuration, pulls a json source, writes a dataset.

It knows neither HubSpot nor the service: it meets them over HTTP.
"""
