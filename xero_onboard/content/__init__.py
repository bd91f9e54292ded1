"""Guides: how they are written, kept, found and shown."""
