"""The REST API: one router a resource, mounted under /api/v1."""
