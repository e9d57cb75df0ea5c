/* The forward step: against vectors of a separate implementation, against a naive twin with every switch, and
 * alone against in a batch. */
#include <json-glib/json-glib.h>
#include <math.h>

#include "core/expression/expression.h"
#include "core/learned/hrnn-private.h"
#include "tests/hrnn-twin.h"

#ifdef TW_REAL_DOUBLE
#define STEP_TOLERANCE 1e-10
#define FREE_TOLERANCE 1e-6
#define FREE_STEPS 20
#else
#define STEP_TOLERANCE 1e-4
#define FREE_TOLERANCE 2e-3
#define FREE_STEPS 8
#endif

/* got is want to `tolerance` of the larger of |want| and scale. */
static void
check (double got, double want, double scale, double tolerance, const char *what, gsize i)
{
  if (!(fabs (got - want) <= tolerance * MAX (fabs (want), scale))) {
    g_test_message ("%s[%" G_GSIZE_FORMAT "]: %.17g, should be %.17g (scale %g)", what, i, got, want, scale);
    g_test_fail ();
  }
}

/* --- the reference vectors --- */

/* Cases of forward.json, one after the other as runs of one batch. */
typedef struct {
  JsonNode *root;
  TwLayout *layout;
  gsize n_cases;
  JsonObject **cases;
  gsize *first_row, *first_tensor, *first_run; /* (n_cases + 1) */
  TwHrnnWeights *weights;
  TwHrnn *hrnn;
  TwHrnnState *state;
  double *theta, *phi, *gradient;
} Batch;

static JsonObject *
case_step (const Batch *batch, gsize c, gsize k)
{
  return json_array_get_object_element (json_object_get_array_member (batch->cases[c], "steps"), k);
}

/* All numbers of an array of numbers or of arrays of numbers. */
static gsize
numbers (JsonArray *array, double *out)
{
  gsize n = 0;

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    if (JSON_NODE_HOLDS_ARRAY (node))
      n += numbers (json_node_get_array (node), out != NULL ? out + n : NULL);
    else {
      if (out != NULL)
        out[n] = json_node_get_double (node);
      n++;
    }
  }
  return n;
}

static double *
member (JsonObject *object, const char *name)
{
  JsonArray *array = json_object_get_array_member (object, name);
  double *out = g_new (double, numbers (array, NULL));
  numbers (array, out);
  return out;
}

static Batch *
batch_new (gssize only)
{
  Batch *batch = g_new0 (Batch, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "forward.json", NULL);
  g_autofree char *weights =
    g_test_build_filename (G_TEST_DIST, "fixtures", "hrnn-interim.safetensors", NULL);
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  batch->root = json_parser_steal_root (parser);
  JsonArray *all = json_node_get_array (batch->root);
  guint n = json_array_get_length (all);
  g_assert_cmpuint (n, >=, 5);
  batch->cases = g_new (JsonObject *, n);
  batch->first_row = g_new0 (gsize, n + 1);
  batch->first_tensor = g_new0 (gsize, n + 1);
  batch->first_run = g_new0 (gsize, n + 1);
  for (guint c = 0; c < n; c++) {
    if (only >= 0 && only != (gssize)c)
      continue;
    gsize i = batch->n_cases++, rows = batch->first_row[i];

    batch->cases[i] = json_array_get_object_element (all, c);
    JsonArray *runs = json_object_get_array_member (batch->cases[i], "runs");
    for (guint b = 0; b < json_array_get_length (runs); b++) {
      JsonArray *run = json_array_get_array_element (runs, b);
      gsize n_tensors = json_array_get_length (run);

      g_array_append_val (counts, n_tensors);
      for (guint t = 0; t < n_tensors; t++) {
        gsize size = json_array_get_int_element (run, t);
        g_array_append_val (sizes, size);
        rows += size;
      }
    }
    batch->first_row[i + 1] = rows;
    batch->first_tensor[i + 1] = sizes->len;
    batch->first_run[i + 1] = counts->len;
  }
  batch->layout = tw_layout_new (counts->len, (gsize *)counts->data, (gsize *)sizes->data);
  batch->weights = tw_hrnn_weights_load (weights, &error);
  g_assert_no_error (error);
  batch->hrnn = tw_hrnn_new (batch->weights, batch->layout);
  batch->state = tw_hrnn_state_new (&batch->weights->config, batch->layout);
  batch->theta = g_new0 (double, batch->layout->n_rows);
  batch->phi = g_new0 (double, batch->layout->n_rows);
  batch->gradient = g_new0 (double, batch->layout->n_rows);
  return batch;
}

static void
batch_free (Batch *batch)
{
  tw_hrnn_free (batch->hrnn);
  tw_hrnn_state_free (batch->state);
  tw_hrnn_weights_unref (batch->weights);
  tw_layout_free (batch->layout);
  g_free (batch->cases);
  g_free (batch->first_row);
  g_free (batch->first_tensor);
  g_free (batch->first_run);
  g_free (batch->theta);
  g_free (batch->phi);
  g_free (batch->gradient);
  json_node_unref (batch->root);
  g_free (batch);
}

/* The parts of the state: name in the file, planes of the state or rows of a level. */
typedef struct {
  const char *name;
  TwReal *values;
  gsize width;
  int level; /* 0: planes */
} Part;

static gsize
parts_of (Batch *batch, Part *parts)
{
  TwHrnnState *s = batch->state;
  const TwHrnnConfig *c = &batch->weights->config;
  const Part all[] = {
    { "h0", s->h0, c->hidden[0], 0 },      { "inp_decay", s->input_decay, 1, 0 },
    { "scl_decay", s->scale_decay, 1, 0 }, { "log_lr", s->log_lr, 1, 0 },
    { "accum", s->average, c->scales, 0 }, { "ms", s->mean_square, c->scales, 0 },
    { "h1", s->h1, c->hidden[1], 1 },      { "h2", s->h2, c->hidden[2], 2 },
  };
  memcpy (parts, all, sizeof all);
  return G_N_ELEMENTS (all);
}

/* Address of value (item, j) of a part; item counts rows, tensors or runs of the batch. */
static TwReal *
part_at (Batch *batch, const Part *part, gsize item, gsize j)
{
  return part->values + (part->level == 0 ? j * batch->state->row_stride + item : item * part->width + j);
}

static void
part_range (const Batch *batch, const Part *part, gsize c, gsize *first, gsize *n)
{
  const gsize *start = part->level == 0   ? batch->first_row
                       : part->level == 1 ? batch->first_tensor
                                          : batch->first_run;
  *first = start[c];
  *n = start[c + 1] - start[c];
}

static void
set_rows (Batch *batch, gsize c, JsonObject *row, const char *name, double *to)
{
  g_autofree double *values = member (row, name);
  gsize first = batch->first_row[c];
  memcpy (to + first, values, (batch->first_row[c + 1] - first) * sizeof (double));
}

static void
load_step (Batch *batch, gsize k)
{
  Part parts[8];
  gsize n_parts = parts_of (batch, parts);

  for (gsize c = 0; c < batch->n_cases; c++) {
    JsonObject *row = case_step (batch, c, k);

    for (gsize p = 0; p < n_parts; p++) {
      g_autofree double *values = member (row, parts[p].name);
      gsize first, n;

      part_range (batch, &parts[p], c, &first, &n);
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < parts[p].width; j++)
          *part_at (batch, &parts[p], first + i, j) = values[i * parts[p].width + j];
    }
    set_rows (batch, c, row, "theta", batch->theta);
    set_rows (batch, c, row, "phi", batch->phi);
    set_rows (batch, c, row, "gradient", batch->gradient);
  }
}

/* The state, theta and phi are those recorded at step k.  An entry counts relative to the largest of its row,
 * and theta and phi relative to the step that was made, if that is larger. */
static void
check_step (Batch *batch, gsize k, double tolerance)
{
  Part parts[8];
  gsize n_parts = parts_of (batch, parts);

  for (gsize c = 0; c < batch->n_cases; c++) {
    JsonObject *row = case_step (batch, c, k);
    g_autofree double *theta = member (row, "theta"), *phi = member (row, "phi");
    g_autofree double *before = member (case_step (batch, c, k - 1), "theta");
    gsize first, n;

    for (gsize p = 0; p < n_parts; p++) {
      g_autofree double *values = member (row, parts[p].name);

      part_range (batch, &parts[p], c, &first, &n);
      for (gsize i = 0; i < n; i++) {
        const double *want = values + i * parts[p].width;
        double scale = 0;

        for (gsize j = 0; j < parts[p].width; j++)
          scale = MAX (scale, fabs (want[j]));
        for (gsize j = 0; j < parts[p].width; j++)
          check (*part_at (batch, &parts[p], first + i, j), want[j], scale, tolerance, parts[p].name, i);
      }
    }
    first = batch->first_row[c];
    for (gsize r = 0; r < batch->first_row[c + 1] - first; r++) {
      check (batch->theta[first + r], theta[r], fabs (theta[r] - before[r]), tolerance, "theta", r);
      check (batch->phi[first + r], phi[r], fabs (phi[r] - before[r]), tolerance, "phi", r);
    }
  }
}

static void
test_steps (gconstpointer only)
{
  Batch *batch = batch_new (GPOINTER_TO_INT (only));

  for (gsize k = 0; k < 40; k++) {
    load_step (batch, k);
    tw_hrnn_step (batch->hrnn, batch->state, batch->theta, batch->phi, batch->gradient, NULL, NULL);
    check_step (batch, k + 1, STEP_TOLERANCE);
  }
  batch_free (batch);
}

/* 0.5 |W x - y|^2 of run b of a case: W^T (W x - y). */
static void
quadratic_gradient (JsonObject *object, gsize b, gsize n, const double *x, double *gradient)
{
  JsonArray *matrix = json_array_get_array_element (json_object_get_array_member (object, "W"), b);
  JsonArray *target = json_array_get_array_element (json_object_get_array_member (object, "y"), b);
  g_autofree double *W = g_new (double, n *n), *y = g_new (double, n);

  g_assert_cmpuint (numbers (matrix, NULL), ==, n * n);
  numbers (matrix, W);
  numbers (target, y);
  memset (gradient, 0, n * sizeof (double));
  for (gsize i = 0; i < n; i++) {
    double residual = -y[i];
    for (gsize j = 0; j < n; j++)
      residual += W[i * n + j] * x[j];
    for (gsize j = 0; j < n; j++)
      gradient[j] += W[i * n + j] * residual;
  }
}

static void
take_gradients (Batch *batch)
{
  for (gsize c = 0; c < batch->n_cases; c++) {
    JsonObject *object = batch->cases[c];

    if (json_object_has_member (object, "formula")) {
      g_autoptr (GError) error = NULL;
      g_autoptr (TwExpression) expression =
        tw_expression_parse (json_object_get_string_member (object, "formula"), NULL, &error);
      gsize row = batch->first_row[c];

      g_assert_no_error (error);
      tw_expression_eval (expression, 1, batch->phi + row, NULL, batch->gradient + row, NULL);
      continue;
    }
    for (gsize b = batch->first_run[c]; b < batch->first_run[c + 1]; b++) {
      gsize row = tw_layout_run_row (batch->layout, b);
      quadratic_gradient (object, b - batch->first_run[c], tw_layout_run_row (batch->layout, b + 1) - row,
                          batch->phi + row, batch->gradient + row);
    }
  }
}

static void
test_free (gconstpointer only)
{
  Batch *batch = batch_new (GPOINTER_TO_INT (only));
  g_autofree double *log_lr = g_new (double, batch->layout->n_rows);

  for (gsize c = 0; c < batch->n_cases; c++) {
    double lr = json_object_get_double_member (batch->cases[c], "lr");

    set_rows (batch, c, case_step (batch, c, 0), "theta", batch->theta);
    for (gsize r = batch->first_row[c]; r < batch->first_row[c + 1]; r++)
      log_lr[r] = log (lr);
  }
  memcpy (batch->phi, batch->theta, batch->layout->n_rows * sizeof (double));
  tw_hrnn_state_reset (batch->state, batch->weights, batch->layout, log_lr);
  for (gsize k = 0; k < FREE_STEPS; k++) {
    take_gradients (batch);
    tw_hrnn_step (batch->hrnn, batch->state, batch->theta, batch->phi, batch->gradient, NULL, NULL);
    check_step (batch, k + 1, FREE_TOLERANCE);
  }
  batch_free (batch);
}

/* --- against the twin --- */

typedef struct {
  const char *name;
  TwHrnnConfig config;
} Variant;

/* Every switch off alone, and other sizes. */
static GArray *
variants (void)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Variant));
  Variant v = { "default" };
#define ADD(variant_name, change)                                                                            \
  v.name = variant_name;                                                                                     \
  tw_hrnn_config_init (&v.config);                                                                           \
  change;                                                                                                    \
  g_array_append_val (all, v);
#define SIZES(n, a, b, c)                                                                                    \
  (v.config.n_levels = n, v.config.hidden[0] = a, v.config.hidden[1] = b, v.config.hidden[2] = c)
  ADD ("default", )
  ADD ("no-attention", v.config.attention = FALSE)
  ADD ("no-log-ms", v.config.log_ms = FALSE)
  ADD ("no-relative-lr", v.config.relative_lr = FALSE)
  ADD ("no-grad-products", v.config.grad_products = FALSE)
  ADD ("no-grad-shortcut", v.config.grad_shortcut = FALSE)
  ADD ("no-learn-decay", v.config.learn_decay = FALSE)
  ADD ("no-dynamic-scale", v.config.dynamic_scale = FALSE)
  ADD ("no-input-scaling", v.config.input_scaling = v.config.log_ms = FALSE)
  ADD ("no-attention-no-shortcut", v.config.attention = v.config.grad_shortcut = FALSE)
  ADD ("5-7-3", SIZES (3, 5, 7, 3))
  ADD ("10-30", SIZES (2, 10, 30, 0))
  ADD ("8", SIZES (1, 8, 0, 0))
  ADD ("1-1-1", SIZES (3, 1, 1, 1))
  ADD ("33-20-40", SIZES (3, 33, 20, 40))
  ADD ("1-scale", v.config.scales = 1)
  ADD ("2-scales", v.config.scales = 2)
  ADD ("3-scales", v.config.scales = 3)
  ADD ("5-scales", v.config.scales = 5)
  ADD ("6-scales", v.config.scales = 6)
  ADD ("8-scales-11-9", (SIZES (2, 11, 9, 0), v.config.scales = 8))
  ADD ("bare", (SIZES (1, 4, 0, 0), v.config.scales = 1,
                v.config.attention = v.config.log_ms = v.config.relative_lr = v.config.grad_products =
                  v.config.grad_shortcut = v.config.learn_decay = v.config.dynamic_scale =
                    v.config.input_scaling = FALSE))
#undef ADD
#undef SIZES
  return all;
}

/* New weights leave some parts at 0: move all of them. */
static TwHrnnWeights *
random_weights (const TwHrnnConfig *config, guint32 seed)
{
  TwHrnnWeights *weights = tw_hrnn_weights_new (config, seed);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < weights->shape.P; i++)
    weights->values[i] += g_rand_double_range (random, -0.2, 0.2);
  return weights;
}

static void
compare_with_twin (const Twin *twin, const TwHrnnState *state)
{
  const TwHrnnConfig *config = &twin->weights->config;
  gsize H0 = config->hidden[0], S = config->scales, stride = state->row_stride;

  for (gsize r = 0; r < twin->layout->n_rows; r++) {
    double scale = 0;

    for (gsize j = 0; j < H0; j++)
      check (state->h0[j * stride + r], twin->h0[r * H0 + j], 0.1, STEP_TOLERANCE, "h0", r);
    for (gsize s = 0; s < S; s++)
      scale = MAX (scale, fabs (twin->average[r * S + s]));
    for (gsize s = 0; s < S; s++) {
      check (state->average[s * stride + r], twin->average[r * S + s], scale, STEP_TOLERANCE, "average", r);
      check (state->mean_square[s * stride + r], twin->mean_square[r * S + s], 0, STEP_TOLERANCE,
             "mean square", r);
    }
    check (state->input_decay[r], twin->input_decay[r], 0, STEP_TOLERANCE, "input decay", r);
    check (state->scale_decay[r], twin->scale_decay[r], 0, STEP_TOLERANCE, "scale decay", r);
    check (state->log_lr[r], twin->log_lr[r], 1, STEP_TOLERANCE, "log lr", r);
  }
  for (gsize i = 0; i < twin->layout->n_tensors * config->hidden[1]; i++)
    check (state->h1[i], twin->h1[i], 0.1, STEP_TOLERANCE, "h1", i);
  for (gsize i = 0; i < twin->layout->n_runs * config->hidden[2]; i++)
    check (state->h2[i], twin->h2[i], 0.1, STEP_TOLERANCE, "h2", i);
}

static void
test_twin (gconstpointer data)
{
  const Variant *variant = data;
  static const gsize counts[] = { 1, 3, 2, 1, 1, 40 };
  static gsize sizes[48] = { 2, 1, 17, 7, 8, 9, 600, 3 };
  for (gsize i = 8; i < 48; i++)
    sizes[i] = 1 + i % 4;
  g_autoptr (TwLayout) layout = tw_layout_new (G_N_ELEMENTS (counts), counts, sizes);
  g_autoptr (TwHrnnWeights) weights = random_weights (&variant->config, 5);
  g_autoptr (TwHrnnState) state = tw_hrnn_state_new (&variant->config, layout);
  g_autoptr (TwHrnn) hrnn = tw_hrnn_new (weights, layout);
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  gsize R = layout->n_rows, F = weights->shape.F;
  g_autofree double *memory = g_new (double, 6 * R);
  double *theta = memory, *phi = memory + R, *gradient = memory + 2 * R, *theta2 = memory + 3 * R,
         *phi2 = memory + 4 * R, *log_lr = memory + 5 * R;
  g_autofree gsize *rows = g_new (gsize, R);
  g_autofree TwReal *watched = g_new (TwReal, R * (F + 2));
  TwHrnnWatch watch = { .features = watched,
                        .direction = watched + R * F,
                        .attention = watched + R * (F + 1) };
  Twin *twin = twin_new (weights, layout);

  for (gsize r = 0; r < R; r++) {
    theta[r] = g_rand_double_range (random, -2, 2);
    log_lr[r] = g_rand_double_range (random, -6, -2);
    if (r % 3 != 1)
      rows[watch.n++] = r;
  }
  watch.rows = rows;
  tw_hrnn_state_reset (state, weights, layout, log_lr);
  for (gsize k = 0; k < 6; k++) {
    for (gsize r = 0; r < R; r++)
      gradient[r] = g_rand_double_range (random, -1, 1) * pow (10, g_rand_int_range (random, -3, 4));
    memcpy (theta2, theta, R * sizeof (double));
    twin_from_state (twin, state);
    twin_step (twin, theta2, phi2, gradient);
    tw_hrnn_step (hrnn, state, theta, variant->config.attention ? phi : NULL, gradient, k % 2 ? &watch : NULL,
                  NULL);
    compare_with_twin (twin, state);
    for (gsize r = 0; r < R; r++) {
      /* a direction next to which its tensor's others are large has their rounding */
      double size = fabs (theta2[r] - theta[r]) < 1e-300 ? 0 : 0.03 * exp (twin->log_lr[r]);
      check (theta[r], theta2[r], size, STEP_TOLERANCE, "theta", r);
      if (variant->config.attention)
        check (phi[r], phi2[r], size, STEP_TOLERANCE, "phi", r);
    }
    for (gsize i = 0; k % 2 && i < watch.n; i++) {
      for (gsize f = 0; f < F; f++)
        check (watched[i * F + f], twin->features[rows[i] * F + f], 1, STEP_TOLERANCE, "feature", i);
      check (watch.direction[i], twin->direction[rows[i]], 1, STEP_TOLERANCE, "direction", i);
      if (variant->config.attention)
        check (watch.attention[i], twin->attention[rows[i]], 1, STEP_TOLERANCE, "attention", i);
    }
  }
  twin_free (twin);
}

/* --- alone and in a batch --- */

static double
made_up_gradient (gsize run, gsize row, gsize k, double phi)
{
  return sin (1.0 + 3.7 * run + 0.61 * row + 0.05 * k) * phi * 3 + cos (row + k);
}

/* K steps of runs `runs` (n) of a table of tensor sizes; out: theta, phi, all state of run `which` of them.
 */
static GArray *
play (const TwHrnnWeights *weights, gsize n, const gsize *runs, gsize which, gboolean poison)
{
  static const gsize tensors[][8] = { { 2 },          { 1 },       { 3, 7 },
                                      { 8 },          { 9, 1, 2 }, { 31 },
                                      { 64, 65 },     { 1000 },    { 7, 2, 513, 3 },
                                      { 2 },          { 2 },       { 512 },
                                      { 1, 1, 1, 1 }, { 4100 },    { 5, 3, 8, 2, 6, 1, 1, 7 } };
  gsize sizes[1024], counts[128], total = 0;

  g_assert_cmpuint (n, <=, G_N_ELEMENTS (counts));
  for (gsize b = 0; b < n; b++) {
    const gsize *run = tensors[runs[b] % G_N_ELEMENTS (tensors)];
    /* each tensor list several times over, so that runs also go across chunks */
    gsize copies = runs[b] % 5 == 4 ? 15 : 1;

    counts[b] = 0;
    for (gsize i = 0; i < copies; i++)
      for (gsize t = 0; t < 8 && run[t] > 0; t++) {
        sizes[total++] = run[t];
        counts[b]++;
      }
    g_assert_cmpuint (total, <=, G_N_ELEMENTS (sizes));
  }
  const TwHrnnConfig *config = &weights->config;
  g_autoptr (TwLayout) layout = tw_layout_new (n, counts, sizes);
  g_autoptr (TwHrnnState) state = tw_hrnn_state_new (config, layout);
  g_autoptr (TwHrnn) hrnn = tw_hrnn_new (weights, layout);
  gsize R = layout->n_rows;
  g_autofree double *memory = g_new (double, 4 * R);
  double *theta = memory, *phi = memory + R, *gradient = memory + 2 * R, *log_lr = memory + 3 * R;
  gsize first = tw_layout_run_row (layout, which), end = tw_layout_run_row (layout, which + 1);

  for (gsize b = 0; b < n; b++)
    for (gsize r = tw_layout_run_row (layout, b), i = 0; r < tw_layout_run_row (layout, b + 1); r++, i++) {
      theta[r] = phi[r] = sin (runs[b] + 0.3 * i);
      log_lr[r] = -4 + cos (i);
    }
  tw_hrnn_state_reset (state, weights, layout, log_lr);
  for (gsize k = 0; k < 5; k++) {
    for (gsize b = 0; b < n; b++)
      for (gsize r = tw_layout_run_row (layout, b), i = 0; r < tw_layout_run_row (layout, b + 1); r++, i++) {
        gradient[r] = made_up_gradient (runs[b], i, k, phi[r]);
        if (poison && b != which)
          gradient[r] = k == 1 ? NAN : k == 2 ? INFINITY : 1e200;
      }
    tw_hrnn_step (hrnn, state, theta, phi, gradient, NULL, NULL);
  }
  GArray *out = g_array_new (FALSE, FALSE, 1);
  g_array_append_vals (out, theta + first, (end - first) * sizeof (double));
  g_array_append_vals (out, phi + first, (end - first) * sizeof (double));
  for (gsize p = 0; p < config->hidden[0] + 3 + 2 * config->scales; p++)
    g_array_append_vals (out, state->h0 + p * state->row_stride + first, (end - first) * sizeof (TwReal));
  gsize t0 = layout->run_start[which], t1 = layout->run_start[which + 1];
  g_array_append_vals (out, state->h1 + t0 * config->hidden[1],
                       (t1 - t0) * config->hidden[1] * sizeof (TwReal));
  g_array_append_vals (out, state->h2 + which * config->hidden[2], config->hidden[2] * sizeof (TwReal));
  for (gsize r = first; r < end; r++)
    g_assert_true (isfinite (theta[r]) && isfinite (phi[r]));
  return out;
}

static void
test_independence (gconstpointer poison)
{
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_builtin ("default");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (gsize run = 0; run < 15; run++) {
    g_autoptr (GArray) alone = play (weights, 1, &run, 0, FALSE);

    for (gsize trial = 0; trial < 4; trial++) {
      gsize runs[9], n = 2 + trial * 2, which = g_rand_int_range (random, 0, n);

      for (gsize b = 0; b < n; b++)
        runs[b] = b == which ? run : (gsize)g_rand_int_range (random, 0, 15);
      g_autoptr (GArray) together = play (weights, n, runs, which, poison != NULL);
      g_assert_cmpmem (alone->data, alone->len, together->data, together->len);
    }
  }
}

/* --- the rest --- */

/* The design's 84 bytes per row in float; what is beyond does not grow with R. */
static void
test_size (void)
{
  TwHrnnConfig config;
  gsize small = 1000, large = 1000000;
  double per_row;

  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_new (&config, 1);
  g_autoptr (TwLayout) a = tw_layout_new_repeated (1, 1, &small), b = tw_layout_new_repeated (1, 1, &large);
  g_autoptr (TwHrnn) one = tw_hrnn_new (weights, a), two = tw_hrnn_new (weights, b);
  per_row = (double)tw_hrnn_state_bytes (&config, b) / large;
  g_assert_cmpfloat (per_row, <, 84.1 * sizeof (TwReal) / 4);
  g_assert_cmpuint (one->bytes, ==, two->bytes);
}

/* Whatever comes in, nothing traps, and the first update is that of the sign. */
static void
test_extremes (void)
{
  static const double values[] = { 0, 1e-300, -1e-30, 1e-8, 1e8, -1e30, 1e150, -1e150, 1e300, -G_MAXDOUBLE };
  gsize n = G_N_ELEMENTS (values);
  g_autoptr (TwHrnnWeights) weights = tw_hrnn_weights_builtin ("default");
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 1, &n);
  g_autoptr (TwHrnnState) state = tw_hrnn_state_new (&weights->config, layout);
  g_autoptr (TwHrnn) hrnn = tw_hrnn_new (weights, layout);
  double theta[G_N_ELEMENTS (values)], phi[G_N_ELEMENTS (values)], gradient[G_N_ELEMENTS (values)],
    log_lr[G_N_ELEMENTS (values)];

  for (gsize r = 0; r < n; r++)
    log_lr[r] = -4, theta[r] = 0;
  tw_hrnn_state_reset (state, weights, layout, log_lr);
  for (gsize k = 0; k < 30; k++) {
    memcpy (gradient, values, sizeof values);
    tw_hrnn_step (hrnn, state, theta, phi, gradient, NULL, NULL);
    for (gsize r = 0; r < n; r++)
      g_assert_true (isfinite (theta[r]) && isfinite (phi[r]));
  }
}

/* Repacking and copying a state give the same step. */
static void
test_copies (void)
{
  gsize sizes[] = { 5, 20 };
  TwHrnnConfig config;
  tw_hrnn_config_init (&config);
  g_autoptr (TwHrnnWeights) first = random_weights (&config, 1), second = random_weights (&config, 2);
  g_autoptr (TwLayout) layout = tw_layout_new_repeated (1, 2, sizes);
  g_autoptr (TwHrnn) a = tw_hrnn_new (first, layout), b = tw_hrnn_new (second, layout);
  g_autoptr (TwHrnnState) s = tw_hrnn_state_new (&config, layout), t = tw_hrnn_state_new (&config, layout);
  double theta[2][25], phi[2][25], gradient[2][25], log_lr[25];

  for (gsize r = 0; r < 25; r++) {
    theta[0][r] = theta[1][r] = r;
    gradient[0][r] = gradient[1][r] = sin (r);
    log_lr[r] = -3;
  }
  tw_hrnn_state_reset (s, first, layout, log_lr);
  tw_hrnn_state_copy (t, s, &config, layout);
  tw_hrnn_set_weights (b, first);
  tw_hrnn_step (a, s, theta[0], phi[0], gradient[0], NULL, NULL);
  tw_hrnn_step (b, t, theta[1], phi[1], gradient[1], NULL, NULL);
  g_assert_cmpmem (theta[0], sizeof theta[0], theta[1], sizeof theta[1]);
  g_assert_cmpmem (phi[0], sizeof phi[0], phi[1], sizeof phi[1]);
  g_assert_cmpmem (s->h2, 20 * sizeof (TwReal), t->h2, 20 * sizeof (TwReal));
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) all = variants ();

  g_test_init (&argc, &argv, NULL);
  for (int c = -1; c < 5; c++) {
    g_autofree char *name = c < 0 ? g_strdup ("all") : g_strdup_printf ("%d", c);
    g_autofree char *steps = g_strconcat ("/hrnn/reference/steps/", name, NULL);
    g_autofree char *runs = g_strconcat ("/hrnn/reference/runs/", name, NULL);
    g_test_add_data_func (steps, GINT_TO_POINTER (c), test_steps);
    g_test_add_data_func (runs, GINT_TO_POINTER (c), test_free);
  }
  for (guint i = 0; i < all->len; i++) {
    Variant *variant = &g_array_index (all, Variant, i);
    g_autofree char *path = g_strconcat ("/hrnn/twin/", variant->name, NULL);
    g_test_add_data_func (path, variant, test_twin);
  }
  g_test_add_data_func ("/hrnn/independence/bits", NULL, test_independence);
  g_test_add_data_func ("/hrnn/independence/poison", "poison", test_independence);
  g_test_add_func ("/hrnn/size", test_size);
  g_test_add_func ("/hrnn/extremes", test_extremes);
  g_test_add_func ("/hrnn/copies", test_copies);
  return g_test_run ();
}
