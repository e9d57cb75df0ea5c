/* "Copy as command line": the program, run as a shell would run it, has the same experiment. */
#include <math.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "core/experiment/experiment.h"
#include "core/experiment/lessons.h"

static void
assert_comes_back (const TwExperiment *experiment)
{
  g_autofree char *folder = g_dir_make_tmp ("thalweg-XXXXXX", NULL);
  g_autofree char *saved = g_build_filename (folder, "e.thalweg", NULL);
  g_autofree char *line = tw_experiment_to_command_line (experiment);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (line, "thalweg run "));
  /* Through a real shell: quoting is part of the promise. */
  g_autofree char *script =
    g_strdup_printf ("%s%s --save %s", g_getenv ("TW_PROGRAM"), line + strlen ("thalweg"), saved);
  const char *arguments[] = { "sh", "-c", script, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (TwExperiment) back = tw_experiment_load (saved, &error);
  g_assert_no_error (error);
  g_autofree char *before = tw_experiment_to_json (experiment), *after = tw_experiment_to_json (back);
  g_assert_cmpstr (before, ==, after);
  g_unlink (saved);
  g_rmdir (folder);
}

static void
test_formula (void)
{
  g_autoptr (TwExperiment) e = tw_experiment_new ();
  double starts[] = { -0.1, 1.0 / 3, 2, -1e-300 };

  e->formula = g_strdup ("log(1 + 50*(x - sin(y))^2) + 0.1*y^2");
  e->has_domain = TRUE;
  memcpy (e->domain, (double[]){ -4, 4.25, -M_PI, 4 }, sizeof e->domain);
  e->minimum = -0.125;
  g_ptr_array_add (e->optimizers, g_strdup ("sgd,lr=0.001"));
  g_ptr_array_add (e->optimizers, g_strdup ("adam"));
  g_ptr_array_add (e->optimizers, g_strdup ("sgd,lr=0.001"));
  g_array_append_vals (e->starts, starts, 4);
  e->noise = 0.1;
  e->steps = 7;
  e->seed = G_MAXINT64;
  assert_comes_back (e);
}

static void
test_families (void)
{
  g_autoptr (TwExperiment) e = tw_experiment_new ();

  e->problem = g_strdup ("quadratic,dim=5");
  g_ptr_array_add (e->optimizers, g_strdup ("learned"));
  e->n_random_starts = 3;
  e->steps = 2;
  assert_comes_back (e);
}

static void
test_lessons (void)
{
  gsize n;
  const TwLesson *lessons = tw_lessons (&n);

  for (gsize i = 0; i < n; i++)
    assert_comes_back (lessons[i].experiment);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command-line/formula", test_formula);
  g_test_add_func ("/command-line/families", test_families);
  g_test_add_func ("/command-line/lessons", test_lessons);
  return g_test_run ();
}
