#include "core/problems/families.h"

#include "core/error.h"

#define MOST_NUMBERS 10000000

TwDraw
tw_family_draw (guint64 seed, guint part)
{
  return (TwDraw){ .stream = tw_random_stream (seed, TW_STREAM_PROBLEM, part), .step = 0 };
}

double *
tw_family_normals (guint64 seed, guint part, gsize n)
{
  double *out = g_new (double, n);

  tw_random_normals (tw_family_draw (seed, part), 0, n, out);
  return out;
}

void
tw_family_name_tensors (TwProblem *problem, const char *const *names)
{
  problem->tensor_names = g_strdupv ((char **)names);
}

void
tw_family_draw_normal (const TwProblem *problem, TwDraw draw, double *theta)
{
  tw_random_normals (draw, 0, problem->dim, theta);
}

gboolean
tw_family_check_size (const char *family, gsize rows, gsize columns, GError **error)
{
  if (rows * columns <= MOST_NUMBERS)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
               "%s: a data set of %" G_GSIZE_FORMAT " rows of %" G_GSIZE_FORMAT
               " numbers is larger than %d numbers",
               family, rows, columns, MOST_NUMBERS);
  return FALSE;
}

gsize
tw_minibatch_size (gsize rows, double asked)
{
  return asked < 1 || asked >= (double)rows ? rows : (gsize)asked;
}

#define SHUFFLE_ROUNDS 6

typedef struct {
  guint half; /* bits of each half of an index */
  guint64 keys[SHUFFLE_ROUNDS];
} Shuffle;

static void
start_epoch (Shuffle *shuffle, gsize rows, TwDraw draw, guint64 epoch)
{
  TwDraw keys = { .stream = tw_random_stream (draw.stream, TW_STREAM_MINIBATCH, 0), .step = epoch };

  shuffle->half = MAX (1, (g_bit_storage (rows - 1) + 1) / 2);
  for (guint i = 0; i < SHUFFLE_ROUNDS; i++)
    shuffle->keys[i] = tw_random_bits (keys, i);
}

/* The finaliser of SplitMix64 (Steele et al. 2014): every bit of the result depends on every bit of x. */
static guint64
mix (guint64 x)
{
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

/* A permutation of 0 .. rows - 1: a Feistel network permutes the next power of four, and an index that lands
 * outside walks on until it is inside (Black and Rogaway 2002, "Ciphers with arbitrary finite domains"). */
static gsize
shuffled (const Shuffle *shuffle, gsize rows, gsize index)
{
  guint64 mask = (G_GUINT64_CONSTANT (1) << shuffle->half) - 1;
  guint64 at = index;

  do {
    guint64 left = at >> shuffle->half, right = at & mask;
    for (guint i = 0; i < SHUFFLE_ROUNDS; i++) {
      guint64 next = left ^ (mix (right + shuffle->keys[i]) & mask);
      left = right;
      right = next;
    }
    at = left << shuffle->half | right;
  } while (at >= rows);
  return at;
}

void
tw_minibatch (gsize rows, gsize batch, TwDraw draw, guint32 *indices)
{
  guint64 first = draw.step * batch, epoch = first / rows;
  Shuffle shuffle;

  if (batch == rows) {
    for (gsize i = 0; i < rows; i++)
      indices[i] = (guint32)i;
    return;
  }
  start_epoch (&shuffle, rows, draw, epoch);
  for (gsize i = 0; i < batch; i++) {
    guint64 at = first + i;
    if (at / rows != epoch) {
      epoch = at / rows;
      start_epoch (&shuffle, rows, draw, epoch);
    }
    indices[i] = (guint32)shuffled (&shuffle, rows, at % rows);
  }
}

gsize
tw_inner_work_size (const TwProblem *problem, gsize n)
{
  gsize size = problem->type->work_size != NULL ? problem->type->work_size (problem, n) : 0;

  return (size + 63) & ~(gsize)63;
}
