"""A stateful fake HubSpot: portals, the CRM API and faults, over real HTTP. It knows neither the service nor Sesam."""
