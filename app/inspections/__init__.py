"""Questions about a run, answered in its worker."""
