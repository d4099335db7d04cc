/* The interface of the compiled arithmetic: plain C, no allocation, no I/O. All arrays belong to the caller. */
#ifndef KERNEL_H
#define KERNEL_H
#include <stdint.h>
#define INTERFACE 1
#define LANES 16

enum { SIGMOID, TANH, RELU, LEAKY_RELU, PRELU, ELU, SELU, SOFTPLUS, GAUSSIAN, GELU, SILU, MISH, SINE, LINEAR };
enum { OUT_SIGMOID, OUT_SOFTMAX, OUT_LINEAR, OUT_TANH };
enum { CROSS_ENTROPY, MSE, HALF_SQUARED_ERROR };
enum { SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM };

/* A network: layers are the hidden ones and the output. Parameters lie layer by layer: W row by row, each row closed by its
 * bias, then the slope of a layer that learns one; up to `padded`, a multiple of 16, they are 0. */
typedef struct {
  int32_t inputs, layers, bias, output, loss, padded;
  const int32_t *units;        /* [layers] */
  const int32_t *activation;   /* [layers - 1] */
  const float *parameter;      /* [layers - 1] slope or alpha where an activation has one */
  const int32_t *learned;      /* [layers - 1] place of a learned slope among the parameters, or -1 */
  const float *keep;           /* [layers - 1] share of outputs that dropout keeps; 1: no dropout */
  const int32_t *row, *column; /* [padded] of each parameter: byte offsets of its dZ and its A in a block; where there is
                                  no product, those of the row of ones, whose dZ is 0 */
} Net;

/* Examples, one a row: x (count, inputs) and t (count, outputs). */
typedef struct {
  int32_t count;
  const float *x, *t;
} Rows;

/* Examples in blocks of 16 lanes: x (blocks, inputs, 16) and t (blocks, outputs, 16); lanes past `count` are 0. */
typedef struct {
  int32_t count;
  const float *x, *t;
} Blocks;

/* What a step needs beside the gradient; arrays are [padded], or null. */
typedef struct {
  int32_t optimizer, watch_weights; /* whether the weights count in what must stay below `limit` */
  float clip, limit;                /* global norm or 0; the squared norm from which a run counts as diverged */
  double rate, p0, p1, p2;          /* learning rate; momentum | epsilon | rho, epsilon | beta1, beta2, epsilon */
  double power1, power2;            /* Adam: beta^t, advanced by every step */
  const float *free;                /* 0 for links that are cut and layers that are frozen, else 1 */
  const float *l2, *l1, *decay;     /* penalty rate; soft threshold; factor before the step */
} Rule;

typedef struct { uint64_t a, b, c, counter; } Stream;

typedef struct {
  float *w, *g, *slot0, *slot1; /* [padded] */
  int32_t *order;               /* [train.count] the epoch's order of the examples */
  int32_t used;                 /* examples of the epoch under way that were trained on */
  Stream shuffle, dropout;
} State;

typedef struct {
  const Net *net;
  Rows train;
  int32_t batch_size;
  Rule rule;
  State state;
  float *work; /* work_floats(net, batch_size) floats, at an address that is a multiple of 64 */
} Run;

/* What a set of examples gives: the mean loss, and how many answers are right (of count, or of count x outputs labels). */
typedef struct {
  float loss;
  int32_t right;
} Measured;

enum { ONE_RIGHT, LABELS_RIGHT, NONE_RIGHT }; /* a class; each label; nothing, as in a regression */

#endif
