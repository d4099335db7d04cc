"""The arithmetics in which a network's answers can be computed; importing the package registers them."""

from engine.nn.arithmetic import compiled, in_numpy
from engine.nn.arithmetic.entry import Arithmetic, Evaluator, arithmetics

__all__ = ["Arithmetic", "Evaluator", "arithmetics", "compiled", "in_numpy"]
