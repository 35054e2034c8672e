"""The application object, for `flask --app wsgi` and for the server."""

from goalsite import create_app

app = create_app()
