/* data-set.c: what all data sets share: by name, held-out rows, scaling, and rows as numbers. */
#include "core/data/data-set.h"

#include <math.h>
#include <string.h>

#include "core-resources.h"
#include "core/data/data-private.h"
#include "core/error.h"
#include "core/learned/vector-math.h"
#include "core/random.h"

#define FASHION_FOLDER "/usr/share/datasets/fashion-mnist"
#define RESOURCE_FOLDER "/org/thalweg/Thalweg/datasets/"
#define UCI "UCI Machine Learning Repository"

static const TwDataInfo infos[] = {
  { "fashion-mnist", "Fashion-MNIST",
    "grey images of ten kinds of clothes; from Debian's dataset-fashion-mnist",
    "60000 + 10000 rows, 28 x 28 pixels, 10 classes",
    "H. Xiao, K. Rasul and R. Vollgraf 2017, arXiv 1708.07747", "MIT" },
  { "digits", "Optical digits", "handwritten digits, tiny: a network learns them in a second",
    "1797 rows, 8 x 8 pixels, 10 classes", "E. Alpaydin and C. Kaynak, " UCI, "CC BY 4.0" },
  { "iris", "Iris", "three species of iris by the sizes of their leaves: the classic",
    "150 rows, 4 features, 3 classes", "R. A. Fisher 1936, Annals of Eugenics 7", "public domain" },
  { "wine", "Wine", "three cultivars by chemical analysis: nearly linear", "178 rows, 13 features, 3 classes",
    "S. Aeberhard and M. Forina, " UCI, "CC BY 4.0" },
  { "breast-cancer", "Breast cancer", "malignant or benign, by images of cell nuclei: correlated features",
    "569 rows, 30 features, 2 classes", "W. Wolberg, O. Mangasarian, N. Street and W. Street, " UCI,
    "CC BY 4.0" },
  { "diabetes", "Diabetes", "how far the disease went in a year: a number to predict",
    "442 rows, 10 features, a number", "B. Efron et al. 2004, Annals of Statistics 32", "BSD-3-Clause" },
  { "spirals", "Spirals", "two spiral arms in the plane: hard for small networks",
    "drawn, 2 features, 2 classes", "this program", "MIT" },
  { "moons", "Moons", "two half circles that reach into each other", "drawn, 2 features, 2 classes",
    "this program", "MIT" },
  { "circles", "Circles", "a circle inside another", "drawn, 2 features, 2 classes", "this program", "MIT" },
  { "xor", "Exclusive or", "two pairs of opposite quadrants: no line parts them",
    "drawn, 2 features, 2 classes", "this program", "MIT" },
  { "sine", "Sine", "sin (2 x) with noise: a curve to fit", "drawn, 1 feature, a number", "this program",
    "MIT" },
  { "adding", "Adding", "the sum of the two marked numbers of a sequence: a test of memory",
    "drawn, 20 steps of 2 features, a number", "Hochreiter and Schmidhuber 1997, Neural Computation 9",
    "MIT" },
};

const TwDataInfo *
tw_data_list (gsize *n)
{
  *n = G_N_ELEMENTS (infos);
  return infos;
}

TwDataSet *
tw_data_set_empty (const char *name)
{
  TwDataSet *data = g_new0 (TwDataSet, 1);

  g_atomic_ref_count_init (&data->ref_count);
  data->name = g_strdup (name);
  data->owned = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  return data;
}

gpointer
tw_data_set_take (TwDataSet *data, gsize count, gsize size)
{
  gpointer memory = g_malloc0_n (MAX (count, 1), size);

  tw_data_set_own (data, g_bytes_new_take (memory, MAX (count, 1) * size));
  return memory;
}

void
tw_data_set_own (TwDataSet *data, GBytes *bytes)
{
  g_ptr_array_add (data->owned, bytes);
}

TwDataSet *
tw_data_set_ref (TwDataSet *data)
{
  g_atomic_ref_count_inc (&data->ref_count);
  return data;
}

void
tw_data_set_unref (TwDataSet *data)
{
  if (data == NULL || !g_atomic_ref_count_dec (&data->ref_count))
    return;
  g_free (data->name);
  g_strfreev (data->feature_names);
  g_strfreev (data->class_names);
  g_ptr_array_unref (data->owned);
  g_free (data);
}

/* Rows in random order; the last ones are held out. */
void
tw_data_set_split (TwDataSet *data, const TwDataOptions *options)
{
  gsize n = data->train.n, n_test = (gsize)floor ((double)n * options->test + 0.5);
  guint32 *map = tw_data_set_take (data, n, sizeof *map);
  TwDraw draw = { tw_random_stream (options->seed, TW_STREAM_PROBLEM, 2), 0 };

  n_test = MIN (n_test, n - 1);
  if (n_test == 0)
    return;
  for (gsize i = 0; i < n; i++)
    map[i] = (guint32)i;
  for (gsize i = n - 1; i > 0; i--) { /* Fisher and Yates */
    gsize j = (gsize)(tw_random_uniform (draw, i) * (double)(i + 1));
    guint32 other = map[j];
    map[j] = map[i];
    map[i] = other;
  }
  data->test = data->train;
  data->train.n = n - n_test;
  data->train.map = map;
  data->test.n = n_test;
  data->test.map = map + data->train.n;
}

/* Of training rows, column by column: what to take off and what to divide by, (columns) each. */
static void
measure_columns (const TwDataPart *train, const TwReal *values, gsize columns, gboolean range, double *offset,
                 double *width)
{
  g_autofree double *low = g_new (double, columns), *high = g_new (double, columns);

  for (gsize j = 0; j < columns; j++) {
    low[j] = INFINITY;
    high[j] = -INFINITY;
    offset[j] = width[j] = 0;
  }
  for (gsize i = 0; i < train->n; i++) {
    const TwReal *row = values + tw_data_row (train, i) * columns;
    for (gsize j = 0; j < columns; j++) {
      offset[j] += row[j];
      low[j] = MIN (low[j], row[j]);
      high[j] = MAX (high[j], row[j]);
    }
  }
  for (gsize j = 0; j < columns; j++)
    offset[j] = range ? low[j] : offset[j] / (double)train->n;
  for (gsize i = 0; !range && i < train->n; i++) {
    const TwReal *row = values + tw_data_row (train, i) * columns;
    for (gsize j = 0; j < columns; j++)
      width[j] += (row[j] - offset[j]) * (row[j] - offset[j]);
  }
  for (gsize j = 0; j < columns; j++) {
    width[j] = range ? high[j] - low[j] : sqrt (width[j] / (double)train->n);
    if (high[j] == low[j]) /* says nothing; rounding must not make noise of it */
      width[j] = INFINITY;
  }
}

static void
scale_columns (const TwDataPart *train, TwReal *values, gsize rows, gsize columns, gboolean range)
{
  g_autofree double *offset = g_new (double, columns), *width = g_new (double, columns);

  measure_columns (train, values, columns, range, offset, width);
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      values[i * columns + j] = (TwReal)((values[i * columns + j] - offset[j]) / width[j]);
}

static gboolean
check_variety (const TwDataSet *data, gsize rows, const guint16 *classes, const TwReal *targets,
               GError **error)
{
  for (gsize i = 1; i < rows; i++)
    if (classes != NULL ? classes[i] != classes[0] : targets[i] != targets[0])
      return TRUE;
  g_autofree char *all = classes != NULL ? g_strdup (data->class_names[classes[0]])
                                         : g_strdup_printf ("%.10g", (double)targets[0]);
  for (char *c = all; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
               "%s: all %" G_GSIZE_FORMAT " labels are \"%s\": there is nothing to learn", data->name, rows,
               all);
  return FALSE;
}

gboolean
tw_data_set_finish (TwDataSet *data, gsize rows, TwReal *values, const guint16 *classes, TwReal *targets,
                    const TwDataOptions *options, GError **error)
{
  gboolean range = options->scale == TW_SCALE_RANGE;

  if (!check_variety (data, rows, classes, targets, error))
    return FALSE;
  data->train = (TwDataPart){ .n = rows, .values = values, .classes = classes, .targets = targets };
  tw_data_set_split (data, options);
  if (options->scale == TW_SCALE_NONE)
    return TRUE;
  scale_columns (&data->train, values, rows, data->n_features, range);
  if (targets != NULL)
    scale_columns (&data->train, targets, rows, 1, range);
  return TRUE;
}

void
tw_data_set_scale_images (TwDataSet *data, double brightest, const TwDataOptions *options)
{
  const TwDataPart *train = &data->train;
  double n = (double)train->n * (double)data->n_features, mean, deviation;
  guint64 sum = 0, squares = 0;

  data->scale = options->scale == TW_SCALE_NONE ? 1 : 1 / brightest;
  if (options->scale == TW_SCALE_NONE || options->scale == TW_SCALE_RANGE)
    return;
  for (gsize i = 0; i < train->n; i++) {
    const guint8 *row = train->bytes + tw_data_row (train, i) * data->n_features;
    guint32 row_sum = 0, row_squares = 0; /* of less than 2^16 pixels they fit */
    for (gsize j = 0; j < data->n_features; j++) {
      row_sum += row[j];
      row_squares += (guint32)row[j] * row[j];
      if (j % 65536 == 65535) {
        sum += row_sum;
        squares += row_squares;
        row_sum = row_squares = 0;
      }
    }
    sum += row_sum;
    squares += row_squares;
  }
  mean = (double)sum / n;
  deviation = sqrt (MAX (0, (double)squares / n - mean * mean));
  data->scale = deviation > 0 ? 1 / deviation : 0;
  data->offset = -mean * data->scale;
}

TW_KERNEL __attribute__ ((optimize ("tree-vectorize", "vect-cost-model=dynamic"))) static void
scale_bytes (gsize n, const guint8 *restrict bytes, TwReal scale, TwReal offset, TwReal *restrict out)
{
  for (gsize j = 0; j < n; j++)
    out[j] = (TwReal)bytes[j] * scale + offset;
}

void
tw_data_gather (const TwDataSet *data, const TwDataPart *part, const guint32 *indices, gsize first, gsize n,
                TwReal *x)
{
  gsize F = data->n_features;

  for (gsize i = 0; i < n; i++) {
    gsize row = tw_data_row (part, indices != NULL ? indices[i] : first + i);
    if (part->bytes != NULL)
      scale_bytes (F, part->bytes + row * F, (TwReal)data->scale, (TwReal)data->offset, x + i * F);
    else
      memcpy (x + i * F, part->values + row * F, F * sizeof *x);
  }
}

/* The digits are stored as text, and are images. */
static void
make_digit_images (TwDataSet *data, const TwDataOptions *options)
{
  gsize rows = data->train.n + data->test.n;
  guint8 *bytes = tw_data_set_take (data, rows * data->n_features, 1);

  for (gsize i = 0; i < rows * data->n_features; i++)
    bytes[i] = (guint8)data->train.values[i];
  data->train.bytes = data->test.bytes = bytes;
  data->train.values = data->test.values = NULL;
  data->channels = 1;
  data->height = data->width = 8;
  tw_data_set_scale_images (data, 16, options);
}

static TwDataSet *
load_resource (const char *name, const TwDataOptions *options, GError **error)
{
  g_autofree char *path = g_strconcat (RESOURCE_FOLDER, name, ".csv", NULL);
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (tw_core_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  TwDataOptions table = *options;
  gsize length;

  if (bytes == NULL)
    return NULL;
  gboolean digits = g_str_equal (name, "digits");
  table.label = "last";
  table.target = TW_TARGET_AUTO;
  table.header = TW_HEADER_YES;
  table.scale = digits ? TW_SCALE_NONE : table.scale;
  const char *text = g_bytes_get_data (bytes, &length);
  TwDataSet *data = tw_csv_parse (name, text, length, &table, error);
  if (data != NULL && digits)
    make_digit_images (data, options);
  return data;
}

static void
name_clothes (TwDataSet *data)
{
  if (data->n_classes != 10)
    return;
  g_strfreev (data->class_names);
  data->class_names =
    g_strsplit ("T-shirt,Trouser,Pullover,Dress,Coat,Sandal,Shirt,Sneaker,Bag,Ankle boot", ",", -1);
}

/* Large and the same for everybody who asks, so it is kept. */
static TwDataSet *
load_fashion (const TwDataOptions *options, GError **error)
{
  static GMutex lock;
  static TwDataSet *kept;
  static int kept_scale;

  if (!g_file_test (FASHION_FOLDER, G_FILE_TEST_IS_DIR)) {
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT,
                         "fashion-mnist: there is no " FASHION_FOLDER
                         "; install Debian's dataset-fashion-mnist");
    return NULL;
  }
  g_mutex_lock (&lock);
  if (kept != NULL && kept_scale != (int)options->scale)
    g_clear_pointer (&kept, tw_data_set_unref);
  if (kept == NULL) {
    kept = tw_idx_load ("fashion-mnist", FASHION_FOLDER, options, error);
    kept_scale = (int)options->scale;
    if (kept != NULL) /* now: later others may be reading them */
      name_clothes (kept);
  }
  TwDataSet *data = kept != NULL ? tw_data_set_ref (kept) : NULL;
  g_mutex_unlock (&lock);
  return data;
}

static TwDataSet *
load_path (const char *path, const TwDataOptions *options, GError **error)
{
  gsize length;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return tw_idx_load (path, path, options, error);
  g_autoptr (GBytes) bytes = tw_data_read_file (path, error);
  if (bytes == NULL)
    return NULL;
  const char *text = g_bytes_get_data (bytes, &length);
  return tw_csv_parse (path, text, length, options, error);
}

static gboolean
is_known (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    if (g_str_equal (infos[i].name, name))
      return TRUE;
  return FALSE;
}

static void
set_unknown (const char *name, GError **error)
{
  const char *names[G_N_ELEMENTS (infos) + 1] = { NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    names[i] = infos[i].name;
  const char *near = tw_closest_name (name, names);
  if (near != NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "there is no data set or file \"%s\"; did you mean %s?",
                 name, near);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "there is no data set or file \"%s\"; \"list datasets\" names the sets", name);
}

TwDataSet *
tw_data_set_load (const char *name, const TwDataOptions *options, GError **error)
{
  TwDataOptions drawn = *options;
  GError *why = NULL;

  if (!is_known (name)) {
    if (*name != '\0' && g_file_test (name, G_FILE_TEST_EXISTS))
      return load_path (name, options, error);
    set_unknown (name, error);
    return NULL;
  }
  if (g_str_equal (name, "fashion-mnist"))
    return load_fashion (options, error);
  if (drawn.scale == TW_SCALE_AUTO)
    drawn.scale = TW_SCALE_NONE;
  TwDataSet *toy = tw_toy_new (name, &drawn, &why);
  if (toy == NULL && why == NULL)
    return load_resource (name, options, error);
  if (why != NULL)
    g_propagate_error (error, why);
  return toy;
}

TwDataSet *
tw_data_set_new (const TwValue *values, GError **error)
{
  TwDataOptions options = {
    .label = values[TW_DATA_LABEL].text,
    .target = (int)values[TW_DATA_TARGET].number,
    .header = (int)values[TW_DATA_HEADER].number,
    .scale = (int)values[TW_DATA_SCALE].number,
    .test = values[TW_DATA_TEST].number,
    .rows = (gsize)values[TW_DATA_ROWS].number,
    .noise = values[TW_DATA_NOISE].number,
    .seed = (guint64)values[TW_DATA_SEED].number,
  };

  return tw_data_set_load (values[TW_DATA_NAME].text, &options, error);
}
