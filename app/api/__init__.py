"""The REST API and the stream: authentication, limits, and a router for each resource."""
