"""A reverse proxy in front of any API, with the faults that need no knowledge of the API.

`address` says where the upstream is and how it is reached, `connection` and `pool` are its HTTP client, `pass_through`
streams a response, `context` and `app` are the requests, their faults and the control API, `upstreams` starts what is
no URL, and `server` runs it all.
"""
