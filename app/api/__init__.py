"""The REST API and the stream: who calls, what may be asked, and a router for each resource."""
