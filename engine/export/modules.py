"""Activations as other libraries write them: modules of torch.nn, and functions of NumPy."""

from __future__ import annotations

from engine.config.choices import Choice
from engine.nn.activations.selu import ALPHA, SCALE

# Names of classes of torch.nn; "..." is replaced by the parameters. Those in lower case torch.nn does not have.
TORCH = {
    "elu": "ELU(...)",
    "gaussian": "gaussian",
    "gelu": 'GELU(approximate="tanh")',
    "leaky_relu": "LeakyReLU(...)",
    "linear": "Identity()",
    "mish": "Mish()",
    "prelu": "PReLU()",
    "relu": "ReLU()",
    "selu": "SELU()",
    "sigmoid": "Sigmoid()",
    "silu": "SiLU()",
    "sine": "sine",
    "softmax": "Softmax(dim=1)",
    "softplus": "Softplus()",
    "tanh": "Tanh()",
}

# Definitions of functions of z (N, n); e^-z may overflow, and 1 / (1 + infinity) is the 0 that is meant.
IN_NUMPY = {
    "elu": "def elu(z, alpha): return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))",
    "gaussian": "def gaussian(z): return np.exp(-z * z)",
    "gelu": "def gelu(z): return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))",
    "leaky_relu": "def leaky_relu(z, slope): return np.maximum(slope * z, z)",
    "linear": "def linear(z): return z",
    "mish": "def mish(z): return z * np.tanh(np.logaddexp(0, z))",
    "prelu": "def prelu(z, slope): return np.where(z > 0, z, slope * z)",
    "relu": "def relu(z): return np.maximum(z, 0)",
    "selu": f"def selu(z): return {SCALE} * np.where(z > 0, z, {ALPHA} * np.expm1(np.minimum(z, 0)))",
    "sigmoid": "def sigmoid(z): return 1 / (1 + np.exp(-z))",
    "silu": "def silu(z): return z / (1 + np.exp(-z))",
    "sine": "def sine(z): return np.sin(z)",
    "softmax": "def softmax(z): return (e := np.exp(z - z.max(1, keepdims=True))) / e.sum(1, keepdims=True)",
    "softplus": "def softplus(z): return np.logaddexp(0, z)",
    "tanh": "def tanh(z): return np.tanh(z)",
}


def module_of(activation: Choice) -> str:
    """A layer's activation as a module of torch.nn, by our own name where there is none."""
    written = ", ".join(map(repr, activation.parameters))
    return TORCH.get(activation.name, activation.name).replace("...", written)


def output_module(output: str) -> str:
    """The same of an output's activation."""
    return TORCH.get(output, output)
