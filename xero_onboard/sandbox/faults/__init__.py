"""Misbehaving on request: what can go wrong, what is armed, and the layer around every call that does it."""
