"""The arithmetic outside training: random streams, functions and sums, equal on every machine."""
