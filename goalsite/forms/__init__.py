"""The shape of what people send, one module per screen area."""
