/* toys.c: data that is drawn: small enough to see all of it. */
#include <math.h>
#include <string.h>

#include "core/data/data-private.h"
#include "core/random.h"

/* Steps of a sequence. */
#define ADDING_STEPS 20

/* Random numbers of one row: uniforms at 0, 1, ..., normals of their own. */
typedef struct {
  TwDraw uniforms, normals;
  gsize row;
  double noise;
} Dice;

static double
uniform (const Dice *dice, guint index, double low, double high)
{
  return low + (high - low) * tw_random_uniform (dice->uniforms, dice->row * 64 + index);
}

static double
noise (const Dice *dice, guint index)
{
  return dice->noise * tw_random_normal (dice->normals, dice->row * 2 + index);
}

/* Two arms of one and a half turns. */
static double
draw_spirals (const Dice *dice, TwReal *x)
{
  guint arm = dice->row % 2;
  double t = sqrt (uniform (dice, 0, 0, 1)), angle = 3 * G_PI * t + G_PI * arm;

  x[0] = (TwReal)(3 * t * cos (angle) + noise (dice, 0));
  x[1] = (TwReal)(3 * t * sin (angle) + noise (dice, 1));
  return arm;
}

static double
draw_moons (const Dice *dice, TwReal *x)
{
  guint moon = dice->row % 2;
  double angle = uniform (dice, 0, 0, G_PI);

  x[0] = (TwReal)((moon ? 1 - cos (angle) : cos (angle)) + noise (dice, 0));
  x[1] = (TwReal)((moon ? 0.5 - sin (angle) : sin (angle)) + noise (dice, 1));
  return moon;
}

static double
draw_circles (const Dice *dice, TwReal *x)
{
  guint circle = dice->row % 2;
  double angle = uniform (dice, 0, 0, 2 * G_PI), radius = circle ? 1 : 0.5;

  x[0] = (TwReal)(radius * cos (angle) + noise (dice, 0));
  x[1] = (TwReal)(radius * sin (angle) + noise (dice, 1));
  return circle;
}

/* The label is that of the point before the noise moved it. */
static double
draw_xor (const Dice *dice, TwReal *x)
{
  double a = uniform (dice, 0, -1, 1), b = uniform (dice, 1, -1, 1);

  x[0] = (TwReal)(a + noise (dice, 0));
  x[1] = (TwReal)(b + noise (dice, 1));
  return a * b < 0;
}

static double
draw_sine (const Dice *dice, TwReal *x)
{
  double a = uniform (dice, 0, -3, 3);

  x[0] = (TwReal)a;
  return sin (2 * a) + noise (dice, 0);
}

/* Hochreiter and Schmidhuber 1997: the sum of the two numbers that are marked, one in each half. */
static double
draw_adding (const Dice *dice, TwReal *x)
{
  guint half = ADDING_STEPS / 2, first = (guint)(uniform (dice, 60, 0, half)),
        second = half + (guint)(uniform (dice, 61, 0, half));

  for (guint t = 0; t < ADDING_STEPS; t++) {
    x[2 * t] = (TwReal)uniform (dice, t, 0, 1);
    x[2 * t + 1] = t == first || t == second;
  }
  return x[2 * first] + x[2 * second] + noise (dice, 0);
}

static const struct {
  const char *name;
  gsize features, classes, steps;
  double (*draw) (const Dice *dice, TwReal *x); /* x (F); the label or target */
} toys[] = {
  { "spirals", 2, 2, 0, draw_spirals }, { "moons", 2, 2, 0, draw_moons },
  { "circles", 2, 2, 0, draw_circles }, { "xor", 2, 2, 0, draw_xor },
  { "sine", 1, 0, 0, draw_sine },       { "adding", 2 * ADDING_STEPS, 0, ADDING_STEPS, draw_adding },
};

TwDataSet *
tw_toy_new (const char *name, const TwDataOptions *options, GError **error)
{
  gsize toy = 0, rows = options->rows;

  while (toy < G_N_ELEMENTS (toys) && !g_str_equal (toys[toy].name, name))
    toy++;
  if (toy == G_N_ELEMENTS (toys))
    return NULL;

  g_autoptr (TwDataSet) data = tw_data_set_empty (name);
  gsize features = data->n_features = toys[toy].features, classes = data->n_classes = toys[toy].classes;
  TwReal *values = tw_data_set_take (data, rows * features, sizeof *values);
  guint16 *labels = classes > 0 ? tw_data_set_take (data, rows, sizeof *labels) : NULL;
  TwReal *targets = classes > 0 ? NULL : tw_data_set_take (data, rows, sizeof *targets);
  Dice dice = { .uniforms = { tw_random_stream (options->seed, TW_STREAM_PROBLEM, 0), 0 },
                .normals = { tw_random_stream (options->seed, TW_STREAM_PROBLEM, 1), 0 },
                .noise = options->noise };

  for (dice.row = 0; dice.row < rows; dice.row++) {
    double label = toys[toy].draw (&dice, values + dice.row * features);
    if (classes > 0)
      labels[dice.row] = (guint16)label;
    else
      targets[dice.row] = (TwReal)label;
  }
  if (toys[toy].steps > 0) {
    data->is_sequence = TRUE;
    data->channels = 1;
    data->height = toys[toy].steps;
    data->width = features / toys[toy].steps;
  }
  data->class_names = classes > 0 ? g_strsplit ("0,1", ",", -1) : NULL;
  if (!tw_data_set_finish (data, rows, values, labels, targets, options, error))
    return NULL;
  return g_steal_pointer (&data);
}
