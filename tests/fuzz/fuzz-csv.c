/* Any bytes as a CSV file: the first two choose options, the rest is the text. */
#include "core/data/data-private.h"
#include "core/error.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  const char *const labels[] = { "last", "1", "2", "y", "nothing" };
  TwDataOptions options = TW_DATA_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  if (length < 2)
    return 0;
  options.label = labels[bytes[0] % G_N_ELEMENTS (labels)];
  options.header = bytes[1] % 3;
  options.target = bytes[1] / 3 % 3;
  options.scale = bytes[1] / 9 % 4;
  options.test = bytes[1] / 36 * 0.1;
  /* Memory of its own, so that reading past the end is seen. */
  g_autofree char *text = g_memdup2 (bytes + 2, length - 2);
  g_autoptr (TwDataSet) data = tw_csv_parse ("input", text, length - 2, &options, &error);
  if (data == NULL) {
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strchr (error->message, '\n'));
    return 0;
  }
  g_assert_no_error (error);
  g_autofree TwReal *x = g_new (TwReal, data->n_features);
  const TwDataPart *parts[] = { &data->train, &data->test };
  for (guint p = 0; p < 2; p++)
    for (gsize i = 0; i < parts[p]->n; i++) {
      tw_data_gather (data, parts[p], NULL, i, 1, x);
      for (gsize j = 0; j < data->n_features; j++)
        g_assert_true (isfinite (x[j]));
      if (data->n_classes > 0)
        g_assert_cmpuint (parts[p]->classes[tw_data_row (parts[p], i)], <, data->n_classes);
      else
        g_assert_true (isfinite (parts[p]->targets[tw_data_row (parts[p], i)]));
    }
  return 0;
}
