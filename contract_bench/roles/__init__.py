"""Start a fake HubSpot, a fake Sesam node or a connector, and use their control APIs. No other package does.

`connector_spec` reads `--connector`, and `connector` starts a connector behind a node. `local_hubspot` and `local_node`
start the fakes in this process, `processes` as processes, `containers` as containers, and `workbench` all roles for a
person who watches. `hubspot` and `node_api` are clients of servers that run.
"""
