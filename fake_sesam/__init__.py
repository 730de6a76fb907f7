"""A small Sesam node: reads a real configuration, pulls a json source, writes a dataset.

It knows neither HubSpot nor the service.
"""
