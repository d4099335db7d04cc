/* The interface of the compiled arithmetic: plain C, no allocation, no I/O. All arrays belong to the caller.
 *
 * Arrays of numbers that a call takes apart from Rows begin at an address that is a multiple of 64. What leaves a call is
 * finite, or 0x7fc00000 for every NaN. A call keeps denormal numbers whatever the thread has set, and restores that.
 */
#ifndef KERNEL_H
#define KERNEL_H
#include <stddef.h>
#include <stdint.h>
#define INTERFACE 6
#define LANES 16
#define MAX_LAYERS 64
#define LARGEST_FLOAT 3.4028234663852886e38f
#define SETS 3 /* train, test, validation; one without examples has count 0 */

enum { SIGMOID, TANH, RELU, LEAKY_RELU, PRELU, ELU, SELU, SOFTPLUS, GAUSSIAN, GELU, SILU, MISH, SINE, LINEAR };
enum { OUT_SIGMOID, OUT_SOFTMAX, OUT_LINEAR, OUT_TANH };
enum { CROSS_ENTROPY, MSE, HALF_SQUARED_ERROR };
enum { SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM };
enum { ONE_RIGHT, LABELS_RIGHT, NONE_RIGHT }; /* a class; each label; nothing, as in a regression */

/* A network: layers are the hidden ones and the output, at most MAX_LAYERS. Parameters lie layer by layer: W row by row, each row
 * closed by its bias, then the slope of a layer that learns one; up to `padded`, a multiple of 16, they are 0. */
typedef struct {
  int32_t inputs, layers, bias, output, loss, answers, padded; /* answers: what counts as right */
  const int32_t *units;                                        /* [layers] */
  const int32_t *activation;                                   /* [layers - 1] */
  const double *parameter;     /* [layers - 1] slope or alpha where an activation has one */
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

/* The same in float64. */
typedef struct {
  int32_t count;
  const double *x, *t;
} Blocks64;

/* What a step needs beside the gradient and the learning rate. */
typedef struct {
  int32_t optimizer, watch_weights; /* whether the weights count in what must stay below `limit` */
  float clip, limit;                /* global norm or 0; the squared norm from which a run counts as diverged */
  double p0, p1, p2;                /* momentum | epsilon | rho, epsilon | beta1, beta2, epsilon */
  double l1, l2, decay;             /* penalty rates; the decay that is multiplied by the learning rate */
  const float *weight;              /* [padded] 1 for weights, 0 for biases and learned slopes */
  const float *free;                /* [padded] 0 for links that are cut and layers that are frozen, else 1; or null */
} Rule;

/* When to end after an epoch. */
typedef struct {
  double train_loss;    /* at most this; NaN: no such rule */
  double improvement;   /* the least fall of the loss of the set `monitored` that counts */
  int32_t patience;     /* so many epochs without it; 0: no such rule */
  int32_t monitored;
} Stop;

typedef struct { uint64_t a, b, c, counter; } Stream;

enum { GOES_ON, NOT_FINITE, LOSS_NOT_FINITE, REACHED, IMPATIENT }; /* REACHED: the training loss that was asked */
enum { Z_NOT_FINITE, GRADIENT_NOT_FINITE, GRADIENT_TOO_LARGE, WEIGHTS_TOO_LARGE };

/* Why a network trains no further, and where it stood: whole epochs, and mini-batches of the one under way. For
 * NOT_FINITE also which quantity of which layer, and the size of the layer's largest weight or of what grew too large. */
typedef struct {
  int32_t why, epoch, batch, quantity, layer;
  float size;
} End;

/* All that training changes beside the position: n batches in one call equal n calls. */
typedef struct {
  float *w, *g, *slot0, *slot1; /* [padded] */
  int32_t *order;               /* [train.count] the order of the examples in the epoch under way */
  double power1, power2;        /* Adam: beta^t */
  double best;                  /* lowest monitored loss, infinity at first */
  int32_t waited;               /* epochs since */
  Stream shuffle, dropout;
  End end;
} State;

/* Whole epochs; mini-batches and examples of the one under way. */
typedef struct { int32_t epoch, batch, used; } Place;

/* The figures of a network after an epoch. */
typedef struct {
  float loss[SETS];    /* mean over each set, NaN for an empty one */
  int32_t right[SETS]; /* of count, or of count x outputs labels */
  float penalty;
} Row;

typedef struct {
  const Net *net;
  Rows train;         /* what is trained on */
  Blocks sets[SETS];  /* what is measured */
  int32_t batch_size;
  Rule rule;
  Stop stop;
  Place place;
  State state;
  float *work; /* work_floats(net, batch_size) floats */
} Run;

/* Up to 16 networks of one shape in lockstep, a member a lane: each computes what it would alone. The arrays of state[0]
 * and of rule[0] but `order` are interleaved, [padded][16], and all members'; the others' are not used. All members have
 * equally many examples. One that has ended trains no further: it keeps its weights, streams and order. */
typedef struct {
  const Net *net;
  Rows train[LANES];
  Blocks sets[LANES][SETS];
  int32_t members, batch_size;
  Rule rule[LANES]; /* optimizer and whether clip is 0 are rule[0]'s */
  Stop stop[LANES];
  Place place;
  State state[LANES];
  float *work; /* group_floats(net, batch_size) floats */
} Group;

typedef struct {
  int32_t batches, epochs;
  const double *rates; /* [epochs] or [epochs][members]: the learning rate of the epoch under way, then of the next ones */
} Limits;
typedef struct { int32_t batches, epochs; } Done; /* of a call: all mini-batches, and the epochs completed */

#ifdef BODY
/* The calls; each name ends in _ and the name of a body (base, avx2, avx512). */
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define CALL(f) JOIN(f, BODY)

/* The floats of `work`. */
int64_t CALL(work_floats)(const Net *, int32_t batch_size);
int64_t CALL(group_floats)(const Net *, int32_t batch_size);

/* What begins the first epoch. Each later one is begun at the end of the one before it. */
void CALL(draw_order)(Stream *, int32_t *order, int32_t n);

/* Trains up to so many mini-batches and completed epochs, and measures after each epoch: rows[epoch], or
 * rows[epoch][member] of the members that went on. Ends before the step that would have left the numbers that can be
 * squared (the gradient is 0 then), and at the epoch that a stop rule names; a group, when no member is left. */
void CALL(train)(Run *, const Limits *, Row *rows, Done *);
void CALL(train_group)(Group *, const Limits *, Row *rows, Done *);

/* The figures of the present weights, of all members. */
void CALL(measure)(Run *, Row *);
void CALL(measure_group)(Group *, Row *rows);

/* values[unit][example], rows of `by` floats (a multiple of 16): what so many units answer, from the unit `first` on; units
 * count from 0: the inputs, hidden layer after hidden layer, the outputs. Dropout is off; `work` as for a batch of one. */
void CALL(evaluate)(const Net *, const float *w, const Blocks *, int32_t first, int32_t units, float *work, float *values, int64_t by);

/* bytes[map][count] and range[map][2], low and high: value = low + byte / 255 (high - low). A map that is not finite, or
 * spans more than a float, is cut at a quarter of the largest float, its NaN are 0; `values` are overwritten. */
void CALL(quantise)(float *values, int32_t maps, int32_t count, int64_t by, uint8_t *bytes, float *range);
#endif

/* In float64, with the same order of every sum, and no body of their own; w is [padded], `work` has work64 doubles. */
int64_t work64(const Net *, int32_t batch);

/* Z and A = f(Z) mask of every unit of a batch, in blocks. work holds, each (blocks, units + 1, 16): A, Z, dZ, F, dA, f'(Z),
 * with the inputs' and a last row of ones in A; F is f(Z) of layers that drop. `mask` is null, or what f(Z) is multiplied by,
 * as A lies. */
void forward64(const Net *, const double *w, const Blocks64 *, const double *mask, double *work);

/* After forward64: the gradient of the mean loss, and in work dZ, of that mean, with dA and f'(Z) of hidden layers. */
void gradient64(const Net *, const double *w, const Blocks64 *, const double *mask, double *work, double *g);

/* loss[vector]: the mean loss of the set under each of w[vector][padded]. Z is null or [vectors][blocks][units + 1][16], what
 * each pass had. `work` as for a batch of one. */
void losses64(const Net *, const double *w, int32_t vectors, const Blocks64 *, const double *mask, double *work, double *loss,
              double *Z);

#endif
