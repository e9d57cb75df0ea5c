#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/evaluation/tuning.h"
#include "core/experiment/refinement.h"
#include "core/output.h"
#include "core/spec.h"
#include "ui/drawing/figure-private.h"
#include "ui/drawing/surface.h"

#define MM (72 / 25.4)
#define MAX_POINTS 14400 /* what PDF readers agree on */

static gboolean
check_whole (const char *value, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &number, NULL))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a whole number from 0", value);
  return FALSE;
}

static gboolean
check_words (const char *value, GError **error)
{
  if (*value != '\0' && g_utf8_validate (value, -1, NULL))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "it is empty, or not UTF-8");
  return FALSE;
}

static gboolean
check_camera (const char *value, GError **error)
{
  double yaw, pitch;

  if (tw_figure_parse_camera (value, &yaw, &pitch))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not YAW,PITCH in degrees, the pitch from 5 to 90", value);
  return FALSE;
}

gboolean
tw_figure_parse_area (const char *value, double area[4])
{
  char *end = (char *)value;

  for (int i = 0; i < 4; i++) {
    const char *from = end + (i > 0);
    if (i > 0 && *end != ',')
      return FALSE;
    area[i] = g_ascii_strtod (from, &end);
    if (end == from || !isfinite (area[i]))
      return FALSE;
  }
  return *end == '\0' && area[0] < area[1] && area[2] < area[3];
}

static gboolean
check_area (const char *value, GError **error)
{
  double area[4];

  if (tw_figure_parse_area (value, area))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not X0,X1,Y0,Y1 with X0 < X1 and Y0 < Y1", value);
  return FALSE;
}

static gboolean
check_plane (const char *value, GError **error)
{
  static const char *const words[] = { "components", "random", "ends", NULL };

  if (g_strv_contains (words, value))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is none of components, random, ends", value);
  return FALSE;
}

static gboolean
check_cells (const char *value, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (value, 10, TW_REFINEMENT_SHORT, 512, &number, NULL) && number % 8 == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a multiple of 8 from %d to 512", value, TW_REFINEMENT_SHORT);
  return FALSE;
}

static gboolean
check_trials (const char *value, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (value, 10, TW_TUNING_MIN_BUDGET, 1000, &number, NULL))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not a whole number from %d to 1000", value, TW_TUNING_MIN_BUDGET);
  return FALSE;
}

static const TwFigureKey keys[] = {
  { "view", "VIEW", "what it shows, of those that thalweg export --help lists" },
  { "theme", "light|dark|print", "print: black on white, told apart in grey too" },
  { "size", "WxH", "as in 85mmx60mm, 6inx4in, 1280x720px, 85mm (any height); column, two-columns, slide, poster" },
  { "dpi", "N", "pixels per inch of PNG" },
  { "transparent", "yes|no", "no ground" },
  { "legend", "auto|right|below|inside|none", "where it stands; inside: in a corner of curves, and of views without below" },
  { "metric", "loss|gradient|distance|step|rate|train-loss|test-loss|test-accuracy", "what curves show" },
  { "series", "LIST", "which optimizers: numbers from 1 or names, as in 1,learned" },
  { "title", "TEXT", "in place of the problem's name; empty for none" },
  { "font", "FAMILY", "as in \"DejaVu Serif\"" },
  { "font-size", "POINTS", "of all text" },
  { "line-width", "POINTS", "of trajectories and curves" },
  { "step", "N", "as it is after so many steps (the last; inside and response: a tenth of them)", "Step", check_whole, "last" },
  { "optimizer", "NAME", "whose map, inside, response or activations: a name or a number from 1 (the first that has one)", "Optimizer",
    check_words, "first" },
  { "coordinate", "NAME", "whose inside or response it is: a name or a number from 1 (the first)", "Coordinate", check_words, "first" },
  { "area", "X0,X1,Y0,Y1", "the part of the landscape that is shown (all of it)", "Part", check_area, "all" },
  { "camera", "YAW,PITCH", "where a surface is seen from, in degrees (" TW_CAMERA_WORD ")", "Seen from", check_camera,
    TW_CAMERA_WORD },
  { "cells", "N", "along each side of a map of basins: a multiple of 8 (128)", "Cells a side", check_cells, "128" },
  { "across", "KEY=A..B", "setting across a sweep, and its range (lr, its usual range)", "Across", check_words },
  { "up", "KEY=A..B", "setting up a sweep, the same", "Up", check_words },
  { "trials", "N", "learning rates that tuning tries for each optimizer (24)", "Trials each", check_trials, "24" },
  { "plane", "components|random|ends", "where the runs vary most, around the first one's end, or through ends", "Plane",
    check_plane, "components" },
  { "plane-seed", "N", "of the directions of a random plane (0)", "Plane's seed", check_whole, "0" },
};

/* In the order of the words above. */
static const TwMetric metrics[] = {
  TW_METRIC_LOSS, TW_METRIC_GRADIENT,   TW_METRIC_DISTANCE,  TW_METRIC_STEP,
  TW_METRIC_RATE, TW_METRIC_TRAIN_LOSS, TW_METRIC_TEST_LOSS, TW_METRIC_TEST_ACCURACY,
};

static const struct {
  const char *name;
  double width, height; /* mm */
} presets[] = {
  { "column", 85, 0 },
  { "two-columns", 178, 0 },
  { "slide", 13.333 * 25.4, 7.5 * 25.4 },
  { "poster", 594, 420 },
};

gboolean
tw_figure_parse_camera (const char *value, double *yaw, double *pitch)
{
  char *end;

  *yaw = g_ascii_strtod (value, &end);
  if (end == value || *end != ',' || !(fabs (*yaw) <= 360))
    return FALSE;
  *pitch = g_ascii_strtod (end + 1, &end);
  return *end == '\0' && *pitch >= 5 && *pitch <= 90;
}

const TwFigureKey *
tw_figure_keys (gsize *n)
{
  *n = G_N_ELEMENTS (keys);
  return keys;
}

void
tw_figure_options_clear (TwFigureOptions *options)
{
  g_clear_pointer (&options->font, g_free);
  g_clear_pointer (&options->title, g_free);
  g_clear_pointer (&options->series, g_free);
  g_clear_pointer (&options->settings, g_strfreev);
  *options = (TwFigureOptions){ 0 };
}

void
tw_figure_options_copy (const TwFigureOptions *from, TwFigureOptions *to)
{
  *to = *from;
  to->font = g_strdup (from->font);
  to->title = g_strdup (from->title);
  to->series = g_strdup (from->series);
  to->settings = g_strdupv (from->settings);
}

/* Enumerations are in the order of their words. */
static gboolean
set_choice (const TwFigureKey *key, const char *value, guint *choice, GError **error)
{
  g_auto (GStrv) words = g_strsplit (key->form, "|", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (words[i], value) == 0) {
      *choice = i;
      return TRUE;
    }
  g_autofree char *list = g_strjoinv (", ", words);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is none of %s", value, list);
  return FALSE;
}

static gboolean
set_view (TwFigureOptions *options, const char *value, GError **error)
{
  const TwFigureView *found = tw_figure_view_find (value);
  g_autoptr (GString) list = g_string_new (NULL);

  if (found != NULL) {
    options->view = found;
    return TRUE;
  }
  for (const TwFigureView *const *view = tw_figure_views (); *view != NULL; view++)
    g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", (*view)->word);
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is none of %s", value, list->str);
  return FALSE;
}

static gboolean
set_number (const char *value, double min, double max, double *number, GError **error)
{
  double read;

  if (!tw_parse_number (value, &read, error))
    return FALSE;
  if (!(read >= min && read <= max)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "%s is not from %g to %g", value, min, max);
    return FALSE;
  }
  *number = read;
  return TRUE;
}

/* "85mm" or "85": the unit is left where it is not there. */
static gboolean
split_length (const char *text, double *number, const char **unit)
{
  static const char *const units[] = { "mm", "cm", "in", "pt", "px" };
  char *end;

  *number = g_ascii_strtod (text, &end);
  *unit = NULL;
  if (end == text || !isfinite (*number) || *number <= 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (end, units[i]) == 0)
      *unit = units[i];
  return *unit != NULL || *end == '\0';
}

static double
points_of (const char *unit)
{
  return strcmp (unit, "mm") == 0   ? MM
         : strcmp (unit, "cm") == 0 ? 10 * MM
         : strcmp (unit, "in") == 0 ? 72
                                    : 1;
}

static gboolean
set_size (TwFigureOptions *options, const char *value, GError **error)
{
  g_autoptr (GString) spaced = g_string_new (value);
  double size[2] = { 0, 0 };
  const char *units[2] = { NULL, NULL };
  guint n;

  for (gsize i = 0; i < G_N_ELEMENTS (presets); i++)
    if (strcmp (value, presets[i].name) == 0) {
      options->width = presets[i].width * MM;
      options->height = presets[i].height * MM;
      options->pixels = FALSE;
      return TRUE;
    }
  /* The x of px is no separator. */
  g_string_replace (spaced, "px", "p*", 0);
  g_auto (GStrv) parts = g_strsplit (spaced->str, "x", -1);
  n = g_strv_length (parts);
  for (guint i = 0; i < MIN (n, 2); i++) {
    g_autoptr (GString) part = g_string_new (parts[i]);
    g_string_replace (part, "p*", "px", 0);
    if (!split_length (part->str, &size[i], &units[i]))
      n = 0;
  }
  const char *unit = units[0] != NULL ? units[0] : units[1];
  if (n < 1 || n > 2 || unit == NULL || (units[0] != NULL && n == 2 && units[1] == NULL)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT,
                 "\"%s\" is no size: expected WIDTHxHEIGHT in mm, cm, in, pt or px, or column, two-columns, slide, "
                 "poster",
                 value);
    return FALSE;
  }
  if (units[0] != NULL && units[1] != NULL && (strcmp (units[0], "px") == 0) != (strcmp (units[1], "px") == 0)) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" mixes px with another unit", value);
    return FALSE;
  }
  gboolean pixels = strcmp (unit, "px") == 0;
  for (guint i = 0; i < n; i++) {
    size[i] *= points_of (units[i] != NULL ? units[i] : unit);
    if (size[i] < 36 || size[i] > MAX_POINTS) {
      g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "\"%s\" is not from %s", value,
                   pixels ? "36 to 14400 px" : "half an inch to 200 inches");
      return FALSE;
    }
    if (pixels)
      size[i] = round (size[i]);
  }
  options->width = size[0];
  options->height = size[1];
  options->pixels = pixels;
  return TRUE;
}

gboolean
tw_figure_options_set (TwFigureOptions *options, const char *key, const char *value, GError **error)
{
  guint choice = 0;
  const TwFigureKey *found = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (keys[i].key, key) == 0)
      found = &keys[i];
  g_return_val_if_fail (found != NULL, FALSE);
  if (strcmp (key, "view") == 0)
    return set_view (options, value, error);
  if (strcmp (key, "size") == 0)
    return set_size (options, value, error);
  if (found->check != NULL) {
    if (!found->check (value, error))
      return FALSE;
    options->settings = g_environ_setenv (options->settings, key, value, TRUE);
    return TRUE;
  }
  if (strcmp (key, "dpi") == 0)
    return set_number (value, 10, 2400, &options->dpi, error);
  if (strcmp (key, "font-size") == 0)
    return set_number (value, 2, 200, &options->font_size, error);
  if (strcmp (key, "line-width") == 0)
    return set_number (value, 0.1, 50, &options->line_width, error);
  if (strcmp (key, "series") == 0 || strcmp (key, "title") == 0 || strcmp (key, "font") == 0) {
    char **text = *key == 't' ? &options->title : *key == 's' ? &options->series : &options->font;
    if (!g_utf8_validate (value, -1, NULL)) {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INPUT, "the text is not UTF-8");
      return FALSE;
    }
    g_free (*text);
    *text = g_strdup (value);
    return TRUE;
  }
  if (!set_choice (found, value, &choice, error))
    return FALSE;
  if (strcmp (key, "theme") == 0)
    options->theme = choice;
  else if (strcmp (key, "legend") == 0)
    options->legend = choice;
  else if (strcmp (key, "metric") == 0)
    options->metric = metrics[choice];
  else
    options->transparent = choice == 0;
  return TRUE;
}

static char *
get_choice (const char *key, guint choice)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys) && choice > 0; i++)
    if (strcmp (keys[i].key, key) == 0) {
      g_auto (GStrv) words = g_strsplit (keys[i].form, "|", -1);
      return g_strdup (words[choice]);
    }
  return NULL;
}

static guint
number_of_metric (TwMetric metric)
{
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (metrics) && metrics[i] != metric)
    i++;
  return metrics[i] == metric ? i : 0;
}

const char *
tw_figure_options_get_setting (const TwFigureOptions *options, const char *key)
{
  return options->settings != NULL ? g_environ_getenv (options->settings, key) : NULL;
}

char *
tw_figure_options_get (const TwFigureOptions *o, const char *key)
{
  double number = strcmp (key, "dpi") == 0          ? o->dpi
                  : strcmp (key, "font-size") == 0  ? o->font_size
                  : strcmp (key, "line-width") == 0 ? o->line_width
                                                    : 0;

  if (strcmp (key, "size") == 0 && o->width > 0) {
    g_autofree char *width = tw_format_number (o->width), *height = tw_format_number (o->height);
    const char *unit = o->pixels ? "px" : "pt";
    return o->height > 0 ? g_strconcat (width, unit, "x", height, unit, NULL) : g_strconcat (width, unit, NULL);
  }
  if (number > 0)
    return tw_format_number (number);
  if (strcmp (key, "transparent") == 0)
    return o->transparent ? g_strdup ("yes") : NULL;
  if (strcmp (key, "title") == 0)
    return g_strdup (o->title);
  if (strcmp (key, "series") == 0)
    return g_strdup (o->series);
  if (strcmp (key, "font") == 0)
    return g_strdup (o->font);
  if (strcmp (key, "view") == 0)
    return o->view != NULL && o->view != tw_figure_views ()[0] ? g_strdup (o->view->word) : NULL;
  const char *setting = tw_figure_options_get_setting (o, key);
  if (setting != NULL)
    return g_strdup (setting);
  return get_choice (key, strcmp (key, "theme") == 0    ? (guint)o->theme
                          : strcmp (key, "legend") == 0 ? (guint)o->legend
                          : strcmp (key, "metric") == 0 ? number_of_metric (o->metric)
                                                        : 0);
}
