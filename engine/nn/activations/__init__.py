"""Activation functions A = f(Z) with their derivatives f'(Z), one registry entry each, by family."""

from engine.nn.activations import bounded, rectified, smooth
from engine.nn.activations.bounded import sigmoid
from engine.nn.activations.entry import Activation, Scratch, activations

__all__ = ["Activation", "Scratch", "activations", "bounded", "rectified", "sigmoid", "smooth"]
