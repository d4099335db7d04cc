"""The network and what it is made of: activations, losses, initializers, regularizers, dropout."""
