"""The control API under `/_fake/`: for the person or test that runs the fake, not for the connector under test.

`health` is all that a server needs at its start; `table` is imported with the first request below `/_fake/`.
"""
