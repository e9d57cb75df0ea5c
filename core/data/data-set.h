/* data-set.h: examples to learn from: built in, on the machine, or the user's own.
 *
 * A data set is immutable and shared.  Letters: N rows, F features, K classes.  It is cut into rows to train
 * on and rows held out; features were scaled by what the training rows say.
 *
 * Memory: 4 bytes per number of a table (8 in the double build) and 10 per row; images stay bytes.  While a
 * file is read, its text is held as well.
 */
#pragma once

#include <glib.h>

#include "core/real.h"
#include "core/spec.h"

G_BEGIN_DECLS

/* Files beyond these are refused. */
#define TW_DATA_MAX_FILE ((gsize)4 << 30)    /* bytes, unpacked */
#define TW_DATA_MAX_NUMBERS ((gsize)1 << 29) /* rows times columns */
#define TW_DATA_MAX_CLASSES 1000

/* Rows of one part.  Row i is row `map[i]` of what follows, or row i where map is NULL. */
typedef struct {
  gsize n;                /* N */
  const guint32 *map;     /* (N) or NULL */
  const guint8 *bytes;    /* (rows, F) of images, else NULL */
  const TwReal *values;   /* (rows, F) of tables, else NULL */
  const guint16 *classes; /* (rows) below K, or NULL where a number is to be predicted */
  const TwReal *targets;  /* (rows) that number, standardised, or NULL */
} TwDataPart;

typedef struct {
  char *name;       /* as it was asked for */
  gsize n_features; /* F */
  gsize n_classes;  /* K; 0 where a number is to be predicted */
  /* F = channels * height * width where the features are an image, row by row, or a sequence of `height`
   * steps of `width` features; else 0. */
  gsize channels, height, width;
  gboolean is_sequence;
  TwDataPart train, test; /* test may be empty */
  double scale, offset;   /* of bytes: x = scale * byte + offset */
  char **feature_names;   /* (F + 1) or NULL */
  char **class_names;     /* (K + 1) or NULL where K = 0 */
  gatomicrefcount ref_count;
  GPtrArray *owned; /* of GBytes: what the parts point into */
} TwDataSet;

/* Keys that all problems with data take, to be joined with a problem's own; the first is `data`. */
#define TW_DATA_PARAMS(initial, rows)                                                                           \
  { "data", TW_PARAM_TEXT, 0,       0,                                                                          \
    0,      FALSE,         initial, "a data set (list datasets), a CSV file or a folder of MNIST files" },      \
    { "label", TW_PARAM_TEXT, 0,      0,                                                                        \
      0,       FALSE,         "last", "of a CSV file: the column to predict, by name or number from 1" },       \
    { "target", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "auto|class|number", "of a CSV file: what is predicted" },     \
    { "header",                                                                                                 \
      TW_PARAM_CHOICE,                                                                                          \
      0,                                                                                                        \
      0,                                                                                                        \
      0,                                                                                                        \
      FALSE,                                                                                                    \
      "auto|yes|no",                                                                                            \
      "of a CSV file: whether its first line has names" },                                                      \
    { "scale",                                                                                                  \
      TW_PARAM_CHOICE,                                                                                          \
      0,                                                                                                        \
      0,                                                                                                        \
      0,                                                                                                        \
      FALSE,                                                                                                    \
      "auto|none|standard|range",                                                                               \
      "of features: mean 0 and deviation 1, or 0 to 1" },                                                       \
    { "test", TW_PARAM_REAL, 0.2,  0,                                                                           \
      0.9,    FALSE,         NULL, "share of rows held out, where the data has no test set" },                  \
    { "rows", TW_PARAM_INTEGER, rows, 4, 1e6, TRUE, NULL, "of drawn data (spirals, moons, ...)" },              \
    { "data_noise", TW_PARAM_REAL, 0.1, 0, 10, FALSE, NULL, "of drawn data: standard deviation of its noise" }, \
  {                                                                                                             \
    "data_seed", TW_PARAM_INTEGER, 0, 0, 4294967295.0, FALSE, NULL,                                             \
      "draws data, and which rows are held out"                                                                 \
  }

enum {
  TW_DATA_NAME,
  TW_DATA_LABEL,
  TW_DATA_TARGET,
  TW_DATA_HEADER,
  TW_DATA_SCALE,
  TW_DATA_TEST,
  TW_DATA_ROWS,
  TW_DATA_NOISE,
  TW_DATA_SEED,
  TW_DATA_N_PARAMS,
};

/* What the keys above say. */
typedef struct {
  const char *label;
  enum { TW_TARGET_AUTO, TW_TARGET_CLASS, TW_TARGET_NUMBER } target;
  enum { TW_HEADER_AUTO, TW_HEADER_YES, TW_HEADER_NO } header;
  enum { TW_SCALE_AUTO, TW_SCALE_NONE, TW_SCALE_STANDARD, TW_SCALE_RANGE } scale;
  double test, noise;
  gsize rows;
  guint64 seed;
} TwDataOptions;
#define TW_DATA_OPTIONS_INIT                                                                                 \
  {                                                                                                          \
    .label = "last", .test = 0.2, .noise = 0.1, .rows = 1000                                                 \
  }

/* values: as TW_DATA_PARAMS.  Errors say which file, and where in it. */
TwDataSet *tw_data_set_new (const TwValue *values, GError **error);
TwDataSet *tw_data_set_load (const char *name, const TwDataOptions *options, GError **error);
TwDataSet *tw_data_set_ref (TwDataSet *data);
void tw_data_set_unref (TwDataSet *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwDataSet, tw_data_set_unref)

/* The features of rows `indices` (n), or of the n rows from `first` on where indices is NULL: x (n, F). */
void tw_data_gather (const TwDataSet *data, const TwDataPart *part, const guint32 *indices, gsize first,
                     gsize n, TwReal *x);
static inline gsize
tw_data_row (const TwDataPart *part, gsize i)
{
  return part->map != NULL ? part->map[i] : i;
}

/* What there is by name. */
typedef struct {
  const char *name, *title, *summary;
  const char *shape; /* "60000 + 10000 rows, 28 x 28 pixels, 10 classes" */
  const char *source, *licence;
} TwDataInfo;
const TwDataInfo *tw_data_list (gsize *n);

G_END_DECLS
