"""Writes, one module per thing, named by what happens. They know nothing of HTTP and never commit."""
