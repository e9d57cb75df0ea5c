/* idx.c: the files of MNIST and its kin: a magic number, sizes, and bytes.
 *
 * http://yann.lecun.com/exdb/mnist: two zero bytes, 0x08 for unsigned bytes, the number of dimensions; each
 * size as 4 bytes, the most significant first; then the data, the last index fastest.
 */
#include <string.h>

#include "core/data/data-private.h"
#include "core/error.h"

#define MOST_PIXELS (1 << 20)

static guint32
read_big_endian (const guint8 *p)
{
  return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

static gboolean fail (GError **error, const char *label, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError **error, const char *label, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s: %s", label, what);
  return FALSE;
}

gboolean
tw_idx_parse (const char *label, const guint8 *bytes, gsize length, guint n_dims, guint32 *dims,
              const guint8 **data, GError **error)
{
  gsize head = 4 + 4 * (gsize)n_dims, needed = 1;

  if (length == 0)
    return fail (error, label, "is empty");
  if (length < 4)
    return fail (error, label, "has %" G_GSIZE_FORMAT " bytes, too few for a magic number", length);
  if (read_big_endian (bytes) != (0x800 | n_dims))
    return fail (error, label, "starts with 0x%08x where MNIST %s start with 0x%08x", read_big_endian (bytes),
                 n_dims == 1 ? "labels" : "images", 0x800 | n_dims);
  if (length < head)
    return fail (error, label, "ends inside its header, after %" G_GSIZE_FORMAT " bytes", length);
  for (guint i = 0; i < n_dims; i++) {
    dims[i] = read_big_endian (bytes + 4 + 4 * i);
    if (dims[i] == 0)
      return fail (error, label, "its header says it has no %s", i == 0 ? "rows" : "pixels");
    /* Below 2^32 times TW_DATA_MAX_FILE: no overflow. */
    needed *= dims[i];
    if (needed > TW_DATA_MAX_FILE)
      return fail (error, label, "its header promises more than %u GiB", (guint)(TW_DATA_MAX_FILE >> 30));
  }
  if (length - head < needed)
    return fail (error, label,
                 "its header promises %" G_GSIZE_FORMAT " bytes of data, but there are only %" G_GSIZE_FORMAT,
                 needed, length - head);
  if (length - head > needed)
    return fail (error, label,
                 "has %" G_GSIZE_FORMAT " bytes more than the %" G_GSIZE_FORMAT " its header promises",
                 length - head - needed, needed);
  *data = bytes + head;
  return TRUE;
}

/* The one of the usual names that is there: images-idx3-ubyte or images.idx3-ubyte, packed or not. */
static char *
find_file (const char *folder, const char *part, const char *kind, guint n_dims, GError **error)
{
  for (guint i = 0; i < 4; i++) {
    g_autofree char *name = g_strdup_printf ("%s-%s%cidx%u-ubyte%s", part, kind, i < 2 ? '-' : '.', n_dims,
                                             i % 2 == 0 ? ".gz" : "");
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_steal_pointer (&path);
  }
  fail (error, folder, "has no file %s-%s-idx%u-ubyte or %s-%s-idx%u-ubyte.gz", part, kind, n_dims, part,
        kind, n_dims);
  return NULL;
}

/* The data of one file; data_set keeps the bytes. */
static gboolean
load_file (TwDataSet *data_set, const char *folder, const char *part, const char *kind, guint n_dims,
           guint32 *dims, const guint8 **data, GError **error)
{
  g_autofree char *path = find_file (folder, part, kind, n_dims, error);
  gsize length;

  if (path == NULL)
    return FALSE;
  GBytes *bytes = tw_data_read_file (path, error);
  if (bytes == NULL)
    return FALSE;
  tw_data_set_own (data_set, bytes);
  const guint8 *start = g_bytes_get_data (bytes, &length);
  return tw_idx_parse (path, start, length, n_dims, dims, data, error);
}

/* Images and labels of one part.  Labels are counted from 0. */
static gboolean
load_part (TwDataSet *data_set, const char *folder, const char *part, TwDataPart *out, guint32 dims[3],
           gboolean seen[256], GError **error)
{
  const guint8 *pixels, *labels;
  guint32 n_labels;

  if (!load_file (data_set, folder, part, "images", 3, dims, &pixels, error) ||
      !load_file (data_set, folder, part, "labels", 1, &n_labels, &labels, error))
    return FALSE;
  if (dims[0] != n_labels)
    return fail (error, folder, "the %s files have %u images but %u labels", part, dims[0], n_labels);
  if ((guint64)dims[1] * dims[2] > MOST_PIXELS)
    return fail (error, folder, "images of %u x %u pixels are larger than %d pixels", dims[1], dims[2],
                 MOST_PIXELS);
  guint16 *classes = tw_data_set_take (data_set, n_labels, sizeof *classes);
  for (guint32 i = 0; i < n_labels; i++) {
    classes[i] = labels[i];
    seen[labels[i]] = TRUE;
  }
  *out = (TwDataPart){ .n = dims[0], .bytes = pixels, .classes = classes };
  return TRUE;
}

static gboolean
has_test_files (const char *folder)
{
  g_autofree char *images = find_file (folder, "t10k", "images", 3, NULL);
  g_autofree char *labels = find_file (folder, "t10k", "labels", 1, NULL);

  return images != NULL || labels != NULL;
}

TwDataSet *
tw_idx_load (const char *name, const char *folder, const TwDataOptions *options, GError **error)
{
  g_autoptr (TwDataSet) data = tw_data_set_empty (name);
  guint32 dims[3], test_dims[3];
  gboolean seen[256] = { FALSE };
  gsize n_seen = 0;

  if (!load_part (data, folder, "train", &data->train, dims, seen, error))
    return NULL;
  data->channels = 1;
  data->height = dims[1];
  data->width = dims[2];
  data->n_features = data->height * data->width;
  if (has_test_files (folder)) {
    if (!load_part (data, folder, "t10k", &data->test, test_dims, seen, error))
      return NULL;
    if (test_dims[1] != dims[1] || test_dims[2] != dims[2]) {
      fail (error, folder, "training images have %u x %u pixels, test images %u x %u", dims[1], dims[2],
            test_dims[1], test_dims[2]);
      return NULL;
    }
  } else {
    tw_data_set_split (data, options);
  }
  for (gsize k = 0; k < G_N_ELEMENTS (seen); k++)
    if (seen[k]) {
      n_seen++;
      data->n_classes = k + 1;
    }
  if (n_seen < 2) {
    fail (error, folder, "all labels are %" G_GSIZE_FORMAT ": there is nothing to tell apart",
          data->n_classes - 1);
    return NULL;
  }
  data->class_names = g_new0 (char *, data->n_classes + 1);
  for (gsize k = 0; k < data->n_classes; k++)
    data->class_names[k] = g_strdup_printf ("%" G_GSIZE_FORMAT, k);
  tw_data_set_scale_images (data, 255, options);
  return g_steal_pointer (&data);
}
