"""Reads, one module per screen area, named by what they answer. They know nothing of HTTP."""
