/* Specs: parsing, tables of keys, ranges, and the sentences that say what is wrong. */
#include <string.h>

#include "core/error.h"
#include "core/spec.h"

static const TwParam params[] = {
  { "lr", TW_PARAM_REAL, 0.1, 1e-6, 10, TRUE, NULL, "learning rate" },
  { "history", TW_PARAM_INTEGER, 5, 1, 100, FALSE, NULL, "pairs kept" },
  { "centered", TW_PARAM_SWITCH, 0, 0, 1, FALSE, NULL, "subtract the mean" },
  { "schedule", TW_PARAM_CHOICE, 0, 0, 0, FALSE, "constant|cosine", "of the learning rate" },
  { "weights", TW_PARAM_TEXT, 0, 0, 0, FALSE, "default", "file" },
  { NULL },
};

static void
test_parse (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse ("adam, lr = 0.5 ,weights=a=b.safetensors", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (tw_spec_get_name (spec), ==, "adam");
  g_assert_cmpuint (tw_spec_get_n_keys (spec), ==, 2);
  g_assert_cmpstr (tw_spec_get (spec, "lr"), ==, "0.5");
  g_assert_cmpstr (tw_spec_get (spec, "weights"), ==, "a=b.safetensors");
  g_assert_null (tw_spec_get (spec, "beta1"));
  g_assert_cmpstr (tw_spec_get_text (spec), ==, "adam, lr = 0.5 ,weights=a=b.safetensors");

  g_autoptr (TwSpec) copy = tw_spec_copy (spec);
  tw_spec_set (copy, "lr", "2");
  tw_spec_set (copy, "beta1", "0");
  g_assert_cmpstr (tw_spec_get_text (copy), ==, "adam,lr=2,weights=a=b.safetensors,beta1=0");
  tw_spec_set (copy, "weights", NULL);
  tw_spec_set (copy, "nothing", NULL);
  g_assert_cmpstr (tw_spec_get_text (copy), ==, "adam,lr=2,beta1=0");
  g_assert_cmpstr (tw_spec_get (spec, "lr"), ==, "0.5");
}

/* Commas of values: read, remade, and shown as they are; a backslash before anything else is a backslash. */
static void
test_commas (void)
{
  static const char *const values[] = { "/home/a, b/c,d.csv", "\\,", ",", "a\\b", ",,x", "\\\\,y" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwSpec) spec = tw_spec_parse ("mlp,data=red\\, white.csv,hidden=8", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (tw_spec_get_n_keys (spec), ==, 2);
  g_assert_cmpstr (tw_spec_get (spec, "data"), ==, "red, white.csv");
  g_autofree char *shown = tw_spec_join_keys (spec, "; ");
  g_assert_cmpstr (shown, ==, "data=red, white.csv; hidden=8");
  tw_spec_set (spec, "hidden", "4");
  g_assert_cmpstr (tw_spec_get_text (spec), ==, "mlp,data=red\\, white.csv,hidden=4");
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    tw_spec_set (spec, "data", values[i]);
    g_autoptr (TwSpec) again = tw_spec_parse (tw_spec_get_text (spec), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (tw_spec_get_n_keys (again), ==, 2);
    g_assert_cmpstr (tw_spec_get (again, "data"), ==, values[i]);
  }
}

static void
test_parse_errors (void)
{
  const struct {
    const char *text, *says;
  } bad[] = {
    { "", "name is missing" },
    { ",lr=1", "name is missing" },
    { "lr=1", "expected a name" },
    { "adam,lr", "expected KEY=VALUE" },
    { "adam,=1", "expected KEY=VALUE" },
    { "adam,", "expected KEY=VALUE" },
    { "adam,lr=1,lr=2", "lr is given twice" },
    { "\xff\xfe", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_spec_parse (bad[i].text, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, bad[i].says));
  }
}

static void
test_read (void)
{
  g_autoptr (TwSpec) spec = tw_spec_parse ("x,schedule=cosine,centered=on,history=7", NULL);
  g_autoptr (GError) error = NULL;
  TwValue *values = tw_spec_read (spec, params, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (values[0].number, ==, 0.1);
  g_assert_false (values[0].given);
  g_assert_cmpfloat (values[1].number, ==, 7);
  g_assert_true (values[1].given);
  g_assert_cmpfloat (values[2].number, ==, 1);
  g_assert_cmpfloat (values[3].number, ==, 1);
  g_assert_cmpstr (values[3].text, ==, "cosine");
  g_assert_cmpstr (values[4].text, ==, "default");
  tw_values_free (values, params);
  tw_values_free (NULL, params);
}

static void
test_read_errors (void)
{
  const struct {
    const char *text, *says;
  } bad[] = {
    { "x,lr=0", "x: lr=0 is outside 1e-06 to 10" },
    { "x,lr=nan", "not a finite number" },
    { "x,lr=inf", "not a finite number" },
    { "x,lr=1e999", "not a finite number" },
    { "x,lr=", "\"\" is not a number" },
    { "x,lr=1x", "\"1x\" is not a number" },
    { "x,history=2.5", "not a whole number" },
    { "x,history=101", "outside 1 to 100" },
    { "x,centered=maybe", "neither on nor off" },
    { "x,schedule=cos", "\"cos\" is not one of constant, cosine" },
    { "x,learning=1", "it takes lr, history" },
    { "x,histroy=1", "did you mean history?" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (TwSpec) spec = tw_spec_parse (bad[i].text, NULL);
    g_autoptr (GError) error = NULL;
    g_assert_null (tw_spec_read (spec, params, &error));
    g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, bad[i].says));
  }

  const TwParam none[] = { { NULL } };
  g_autoptr (TwSpec) spec = tw_spec_parse ("x,a=1", NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (tw_spec_read (spec, none, &error));
  g_assert_nonnull (strstr (error->message, "it takes none"));
}

static void
test_join (void)
{
  const TwParam more[] = { { "noise", TW_PARAM_REAL, 0, 0, 1, FALSE, NULL, "" }, { NULL } };
  g_autofree TwParam *joined = tw_params_join (params, more);

  g_assert_cmpuint (tw_params_length (joined), ==, tw_params_length (params) + 1);
  g_assert_cmpstr (joined[5].key, ==, "noise");
  g_assert_cmpuint (tw_params_length (NULL), ==, 0);
}

static void
test_closest (void)
{
  const char *names[] = { "adam", "adamw", "rosenbrock", "momentum", NULL };

  g_assert_cmpstr (tw_closest_name ("adm", names), ==, "adam");
  g_assert_cmpstr (tw_closest_name ("Adamw", names), ==, "adamw");
  g_assert_cmpstr (tw_closest_name ("rosenbrok", names), ==, "rosenbrock");
  g_assert_cmpstr (tw_closest_name ("rosen", names), ==, "rosenbrock");
  g_assert_null (tw_closest_name ("xyz", names));
  g_autofree char *endless = g_strnfill (500, 'a');
  g_assert_null (tw_closest_name (endless, names));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spec/parse", test_parse);
  g_test_add_func ("/spec/commas", test_commas);
  g_test_add_func ("/spec/parse-errors", test_parse_errors);
  g_test_add_func ("/spec/read", test_read);
  g_test_add_func ("/spec/read-errors", test_read_errors);
  g_test_add_func ("/spec/join", test_join);
  g_test_add_func ("/spec/closest", test_closest);
  return g_test_run ();
}
