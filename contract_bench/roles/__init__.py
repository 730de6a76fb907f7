"""Start a fake HubSpot, a fake Sesam node or a connector, and use their control APIs. No other module does.

`connector_spec` reads `--connector`; `connector` starts one behind a node; `hubspot` and `node_api` speak to running
servers; `local_hubspot` and `local_node` start the fakes in this process, `processes` as processes, `containers` as containers.
"""
