"""The arithmetics in which a network's answers can be computed; importing the package registers them."""

from engine.nn.arithmetic import compiled, in_numpy
from engine.nn.arithmetic.entry import STACK, Arithmetic, Evaluator, Passes, PassValues, arithmetics

__all__ = ["STACK", "Arithmetic", "Evaluator", "PassValues", "Passes", "arithmetics", "compiled", "in_numpy"]
