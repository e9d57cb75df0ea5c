/* The generator against its published vector, and the statistics and addressing of the draws. */
#include <math.h>

#include "core/random.h"

static void
test_known_answer (void)
{
  /* Random123's kat_vectors: philox4x32 10, counter 0, key 0. */
  TwDraw draw = { 0, 0 };

  g_assert_cmphex (tw_random_bits (draw, 0), ==, G_GUINT64_CONSTANT (0xe169c58d6627e8d5));
  g_assert_cmphex (tw_random_bits (draw, 1), ==, G_GUINT64_CONSTANT (0x9b00dbd8bc57ac4c));
}

static void
test_addressing (void)
{
  TwDraw draw = { tw_random_stream (7, TW_STREAM_GRADIENT_NOISE, 3), 11 };
  double all[64], part[13];

  tw_random_normals (draw, 0, 64, all);
  for (guint64 i = 0; i < 64; i++)
    g_assert_true (all[i] == tw_random_normal (draw, i));
  for (guint64 first = 0; first < 40; first++) {
    tw_random_normals (draw, first, 13, part);
    for (guint64 i = 0; i < 13; i++)
      g_assert_true (part[i] == all[first + i]);
  }
  tw_random_normals (draw, 5, 0, part);
}

static void
test_streams_differ (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint64 seed = 0; seed < 20; seed++)
    for (int purpose = TW_STREAM_STARTS; purpose <= TW_STREAM_META; purpose++)
      for (guint64 index = 0; index < 100; index++) {
        guint64 stream = tw_random_stream (seed, (TwStreamPurpose) purpose, index);
        g_assert_true (g_hash_table_add (seen, g_memdup2 (&stream, sizeof stream)));
      }
}

/* Mean, variance, and the correlation of neighbours, each within five standard errors. */
static void
check_moments (double (*draw_one) (TwDraw, guint64), double mean, double variance, double fourth)
{
  enum { N = 200000 };
  double sum = 0, squares = 0, products = 0, before = 0;

  for (guint64 i = 0; i < N; i++) {
    TwDraw draw = { 42, i / 1000 };
    double x = draw_one (draw, i % 1000) - mean;
    sum += x;
    squares += x * x;
    products += x * before;
    before = x;
  }
  g_assert_cmpfloat (fabs (sum / N), <, 5 * sqrt (variance / N));
  g_assert_cmpfloat (fabs (squares / N - variance), <, 5 * sqrt ((fourth - variance * variance) / N));
  g_assert_cmpfloat (fabs (products / N), <, 5 * variance / sqrt (N));
}

static void
test_moments (void)
{
  check_moments (tw_random_uniform, 0.5, 1.0 / 12.0, 1.0 / 80.0);
  check_moments (tw_random_normal, 0.0, 1.0, 3.0);
  for (guint64 i = 0; i < 100000; i++) {
    double u = tw_random_uniform ((TwDraw){ 1, 2 }, i);
    g_assert_true (u > 0 && u < 1);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/known-answer", test_known_answer);
  g_test_add_func ("/random/addressing", test_addressing);
  g_test_add_func ("/random/streams-differ", test_streams_differ);
  g_test_add_func ("/random/moments", test_moments);
  return g_test_run ();
}
