"""Connectors that are wrong in one way each, as seen in the wild: the bench is worth what it finds in them.

Each is the sound connector of `_sound` with one part in another way, or stands alone. The first line of its docstring
says what is wrong, the line that begins with `Violates:` names the invariant that must be found broken.
"""
