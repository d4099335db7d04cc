"""The processes that train: the pool that starts them, the loop inside one, and its runs."""
