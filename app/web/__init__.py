"""HTTP that knows no run: what every request passes, static files, the OpenAPI document, errors in words."""
