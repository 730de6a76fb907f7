"""Measures how true the fake is: compares recorded responses with the fake's, and old recordings with new ones."""
