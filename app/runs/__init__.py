"""All runs of the server: one session a run, its connection to a worker, and what is recorded of it."""
