/* data-private.h: what readers of data have in common. */
#pragma once

#include <gio/gio.h>

#include "core/data/data-set.h"

G_BEGIN_DECLS

TwDataSet *tw_data_set_empty (const char *name);
/* Memory that lives as long as the data set; zeroed. */
gpointer tw_data_set_take (TwDataSet *data, gsize count, gsize size);
void tw_data_set_own (TwDataSet *data, GBytes *bytes);

/* A table of `rows` in values (rows, F) and classes or targets (rows): holds rows out and scales the rest by
 * options.  Errors: nothing to tell apart. */
gboolean tw_data_set_finish (TwDataSet *data, gsize rows, TwReal *values, const guint16 *classes,
                             TwReal *targets, const TwDataOptions *options, GError **error);
/* Images: all bytes alike, to mean 0 and deviation 1, or by 1 / `brightest` where options ask for a range.
 * The parts are set already. */
void tw_data_set_scale_images (TwDataSet *data, double brightest, const TwDataOptions *options);
/* Holds rows out of data->train, which has all of them. */
void tw_data_set_split (TwDataSet *data, const TwDataOptions *options);

/* A whole regular file, unpacked where it is gzip.  Errors: a folder, a device, damaged or unfinished gzip
 * data, more than TW_DATA_MAX_FILE bytes. */
GBytes *tw_data_read_file (const char *path, GError **error);

/* csv.c: `label` names the text in errors.  The text needs no end mark. */
TwDataSet *tw_csv_parse (const char *label, const char *text, gsize length, const TwDataOptions *options,
                         GError **error);
/* idx.c: a folder with train-images-idx3-ubyte and so on, each plain or .gz. */
TwDataSet *tw_idx_load (const char *name, const char *folder, const TwDataOptions *options, GError **error);
/* The parts of one idx file: magic number, sizes and data, for 1 (labels) or 3 (images) dimensions. */
gboolean tw_idx_parse (const char *label, const guint8 *bytes, gsize length, guint n_dims, guint32 *dims,
                       const guint8 **data, GError **error);
/* toys.c: NULL and no error where there is none of that name. */
TwDataSet *tw_toy_new (const char *name, const TwDataOptions *options, GError **error);

G_END_DECLS
