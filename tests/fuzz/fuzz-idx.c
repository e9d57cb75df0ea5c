/* Any bytes as an MNIST file: the first says whether of images or labels. */
#include "core/data/data-private.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  const guint8 *data = NULL;
  guint32 dims[3] = { 1, 1, 1 };

  if (length < 1)
    return 0;
  guint n_dims = bytes[0] % 2 ? 1 : 3;
  g_autofree guint8 *copy = g_memdup2 (bytes + 1, length - 1);
  if (!tw_idx_parse ("input", copy, length - 1, n_dims, dims, &data, &error)) {
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    return 0;
  }
  g_assert_cmpuint ((gsize)dims[0] * dims[1] * dims[2], ==, length - 1 - 4 - 4 * (gsize)n_dims);
  guint sum = 0;
  for (gsize i = 0; i < (gsize)dims[0] * dims[1] * dims[2]; i++)
    sum += data[i];
  g_assert_cmpuint (sum, <=, 255 * length);
  return 0;
}
