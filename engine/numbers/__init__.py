"""The numbers that a run starts from and is steered by: random streams, functions and sums, equal on every machine."""
