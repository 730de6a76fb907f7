"""What the fakes and the bench share and that knows neither HubSpot nor Sesam: the listener, JUnit XML, HTML pages."""
