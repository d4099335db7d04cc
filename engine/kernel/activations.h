/* Activations by their code, over n V; `parameter` is the slope or alpha where one has it. */
#ifndef ACTIVATIONS_H
#define ACTIVATIONS_H
#include "functions.h"
#include "places.h"

INTERNAL void NAME(activate)(int code, const V *parameter, const V *Z, V *A, int n);
INTERNAL void NAME(slope)(int code, const V *parameter, const V *Z, const V *A, V *dA, int n);

#endif
