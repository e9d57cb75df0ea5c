#include "ui/drawing/replot.h"

#include <math.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "ui/drawing/figure-private.h"

#define MAX_POINTS 500
#define MAX_STARTS 20

/* One line of a comment, whatever is in the text. */
static void
write_comment (TwOutput *output, const char *mark, const char *text)
{
  g_autofree char *line = g_strdup (text);

  tw_output_printf (output, "%s %s\n", mark, g_strdelimit (line, "\r\n", ' '));
}

/* JSON strings are Python strings. */
static void
write_python_string (TwOutput *output, const char *name, const char *text)
{
  tw_output_printf (output, "%s = ", name);
  tw_output_write_json_string (output, text);
  tw_output_write (output, "\n");
}

/* The formula in the words of numpy. */
static char *
python_formula (const char *formula)
{
  g_autoptr (GRegex) names = g_regex_new ("[A-Za-z_][A-Za-z_0-9]*(?![A-Za-z_0-9.])", 0, 0, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GMatchInfo) match = NULL;
  gsize at = 0;

  for (g_regex_match (names, formula, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *name = g_match_info_fetch (match, 0);
    int start, end;
    g_match_info_fetch_pos (match, 0, &start, &end);
    g_string_append_len (out, formula + at, (gssize)((gsize)start - at));
    at = (gsize)end;
    /* The exponent of 1e-3 is no name. */
    if (start > 0 && (g_ascii_isdigit (formula[start - 1]) || formula[start - 1] == '.'))
      g_string_append (out, name);
    else if (strcmp (name, "x") == 0 || strcmp (name, "y") == 0)
      g_string_append (out, name);
    else if (strcmp (name, "min") == 0 || strcmp (name, "max") == 0)
      g_string_append_printf (out, "np.%simum", name);
    else if (strcmp (name, "asin") == 0 || strcmp (name, "acos") == 0 || strcmp (name, "atan") == 0)
      g_string_append_printf (out, "np.arc%s", name + 1);
    else
      g_string_append_printf (out, "np.%s", name);
  }
  g_string_append (out, formula + at);
  g_string_replace (out, "^", "**", 0);
  return g_strdup (out->str);
}

static const char matplotlib_body[] =
  "\n"
  "here = os.path.dirname(os.path.abspath(__file__))\n"
  "runs = {}\n"
  "with open(os.path.join(here, CSV), newline='') as file:\n"
  "    for row in csv.DictReader(file):\n"
  "        runs.setdefault((int(row['run']), row['optimizer'], int(row['start'])), []).append(row)\n"
  "\n"
  "\n"
  "def column(rows, name):\n"
  "    return np.array([float(row[name] or 'nan') for row in rows])\n"
  "\n"
  "\n"
  "n_starts = 1 + max(start for _, _, start in runs)\n"
  "figure, axes = plt.subplots(1, PANELS, figsize=SIZE, layout='constrained', squeeze=False)\n"
  "axes = list(axes[0])\n"
  "if LANDSCAPE:\n"
  "    ax = axes.pop(0)\n"
  "    x, y = np.meshgrid(np.linspace(DOMAIN[0], DOMAIN[1], 300), np.linspace(DOMAIN[2], DOMAIN[3], 300))\n"
  "    with np.errstate(all='ignore'):\n"
  "        z = landscape(x, y) + 0 * x\n"
  "    z = np.ma.masked_invalid(z)\n"
  "    spread = np.log1p((z - z.min()) / max(np.quantile(z.compressed() - z.min(), 0.03), 1e-5 * np.ptp(z)))\n"
  "    ax.contourf(x, y, spread, 32, cmap=MAP, alpha=0.7, antialiased=True)\n"
  "    ax.contour(x, y, spread, 16, colors='k', linewidths=0.4, alpha=0.4)\n"
  "    for (run, optimizer, start), rows in sorted(runs.items(), reverse=True):\n"
  "        number = run // n_starts\n"
  "        if number in STYLES:\n"
  "            _, color, dash = STYLES[number]\n"
  "            x, y = column(rows, 'x'), column(rows, 'y')\n"
  "            if start == 0:\n"
  "                ax.plot(x, y, color=HALO, linewidth=3.2)\n"
  "            ax.plot(x, y, color=color, linestyle=dash, linewidth=1.6 if start == 0 else 0.6, alpha=1 if start == 0 else 0.4)\n"
  "            if start == 0:\n"
  "                ax.plot(x[0], y[0], marker='o', color='none', markeredgecolor='k', markersize=8)\n"
  "                ax.plot(x[-1], y[-1], marker='o', color=color, markeredgecolor=HALO, markersize=6, zorder=3)\n"
  "    for point in MINIMA:\n"
  "        ax.plot(*point, marker='*', color='w', markeredgecolor='k', markersize=11)\n"
  "    ax.set(xlim=DOMAIN[:2], ylim=DOMAIN[2:], xlabel='x', ylabel='y', title=TITLE)\n"
  "if axes:\n"
  "    ax = axes.pop(0)\n"
  "    for (run, optimizer, start), rows in sorted(runs.items()):\n"
  "        number = run // n_starts\n"
  "        if number in STYLES:\n"
  "            name, color, dash = STYLES[number]\n"
  "            values = metric(rows)\n"
  "            steps = column(rows, 'step')[len(rows) - len(values):]\n"
  "            known = np.isfinite(values)\n"
  "            ax.plot(steps[known], values[known], color=color, linestyle=dash, linewidth=1.6 if start == 0 else 0.6,\n"
  "                    alpha=1 if start == 0 else 0.4, label=name if start == 0 else None)\n"
  "    ax.set(xlabel='step', ylabel=METRIC, title='' if LANDSCAPE else TITLE)\n"
  "    if LOG:\n"
  "        ax.set_yscale('log')\n"
  "    ax.set_xlim(0, None)\n"
  "    ax.grid(True, color='0.5', alpha=0.25)\n"
  "    ax.legend(frameon=False)\n"
  "figure.savefig(os.path.splitext(os.path.abspath(__file__))[0] + '.pdf')\n";

static void
write_number_list (TwOutput *output, const double *values, gsize n)
{
  tw_output_write (output, "[");
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      tw_output_write (output, ", ");
    tw_output_write_number (output, values[i]);
  }
  tw_output_write (output, "]");
}

static void
write_python_styles (const TwFigure *figure, TwOutput *output)
{
  char dash[G_ASCII_DTOSTR_BUF_SIZE];

  tw_output_write (output, "STYLES = {  # by the number of the optimizer: name, colour, dashes\n");
  for (gsize i = 0; i < figure->n_series; i++) {
    const TwLineStyle *style = figure->styles[figure->series[i]];
    const TwColor *color = figure->theme->dark ? &style->dark : &style->light;
    tw_output_printf (output, "    %" G_GSIZE_FORMAT ": (", figure->series[i]);
    tw_output_write_json_string (output, figure->names[figure->series[i]]);
    tw_output_printf (output, ", '#%02x%02x%02x', ", (guint)lround (255 * color->r), (guint)lround (255 * color->g),
                      (guint)lround (255 * color->b));
    tw_output_write (output, style->n_dash > 0 ? "(0, (" : "'-'");
    for (int d = 0; d < style->n_dash; d++)
      tw_output_printf (output, "%s%s", d > 0 ? ", " : "", g_ascii_formatd (dash, sizeof dash, "%g", style->dash[d]));
    tw_output_printf (output, "%s),\n", style->n_dash > 0 ? "))" : "");
  }
  tw_output_write (output, "}\n");
}

static void
write_python_metric (const TwFigure *figure, TwOutput *output)
{
  double minimum = tw_problem_get_minimum (tw_trace_get_problem (figure->trace));

  tw_output_write (output, "\n\ndef metric(rows):\n    return ");
  switch (figure->options.metric) {
  case TW_METRIC_GRADIENT:
    tw_output_write (output, "column(rows, 'grad_norm')\n");
    break;
  case TW_METRIC_DISTANCE:
    tw_output_write (output, "np.min([np.hypot(column(rows, 'x') - x, column(rows, 'y') - y) for x, y in MINIMA], axis=0)\n");
    break;
  case TW_METRIC_STEP:
    tw_output_write (output, "np.hypot(np.diff(column(rows, 'x')), np.diff(column(rows, 'y')))\n");
    break;
  case TW_METRIC_TRAIN_LOSS:
    tw_output_write (output, "column(rows, 'train_loss')\n");
    break;
  case TW_METRIC_TEST_LOSS:
    tw_output_write (output, "column(rows, 'test_loss')\n");
    break;
  case TW_METRIC_TEST_ACCURACY:
    tw_output_write (output, "column(rows, 'test_accuracy')\n");
    break;
  case TW_METRIC_LOSS:
  case TW_METRIC_EXCESS:
  case TW_METRIC_RATE: /* refused before */
  case TW_N_METRICS:
  default:
    tw_output_write (output, "column(rows, 'loss')");
    if (isfinite (minimum) && minimum != 0) {
      tw_output_write (output, " - ");
      tw_output_write_number (output, minimum);
    }
    tw_output_write (output, "\n");
  }
}

static gboolean
check_redraws (const TwFigure *figure, GError **error)
{
  if (figure->shows->redraws)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "a script can't draw \"%s\": it draws landscapes and curves",
               figure->shows->word);
  return FALSE;
}

/* What the table of steps has. */
static gboolean
check_table_has (const TwFigure *figure, GError **error)
{
  TwMetric metric = figure->options.metric;
  gboolean flat = tw_problem_get_dim (tw_trace_get_problem (figure->trace)) == 2;
  gboolean has = metric != TW_METRIC_RATE && (flat || (metric != TW_METRIC_STEP && metric != TW_METRIC_DISTANCE));

  if (figure->has_curves && !has) {
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "a script for matplotlib can't draw \"%s\": the table of steps has no "
                 "such column", tw_metric_get_title (metric));
    return FALSE;
  }
  return TRUE;
}

gboolean
tw_figure_write_matplotlib (const TwFigure *figure, const char *csv, TwOutput *output, GError **error)
{
  const TwProblem *problem = tw_trace_get_problem (figure->trace);
  const char *formula = tw_problem_get_formula (problem);
  gboolean landscape = figure->has_landscape && formula != NULL, curves = figure->has_curves;
  const double domain[] = { figure->view.x.min, figure->view.x.max, figure->view.y.min, figure->view.y.max };
  double width = MIN (figure->width * figure->unit / 72, 40), height = MIN (figure->height * figure->unit / 72, 40);
  const double size[] = { round (100 * width) / 100, round (100 * height) / 100 };
  const double *minima;
  gsize n_minima = tw_problem_get_minima (problem, &minima);

  if (!check_redraws (figure, error) || !check_table_has (figure, error))
    return FALSE;
  tw_output_write (output, "#!/usr/bin/env python3\n");
  write_comment (output, "#", figure->caption);
  tw_output_write (output, "# Draws the figure again with matplotlib, from the table of all steps.\n"
                           "import csv\nimport os\n\nimport matplotlib.pyplot as plt\nimport numpy as np\n\n");
  write_python_string (output, "CSV", csv);
  write_python_string (output, "TITLE", figure->title);
  write_python_string (output, "METRIC", figure->y_title != NULL ? figure->y_title : "Loss");
  tw_output_printf (output, "LOG = %s\nLANDSCAPE = %s\nPANELS = %d\nSIZE = ", figure->y.log ? "True" : "False",
                    landscape ? "True" : "False", landscape + curves);
  write_number_list (output, size, 2);
  tw_output_write (output, "\nDOMAIN = ");
  write_number_list (output, domain, 4);
  tw_output_write (output, "\nMINIMA = [");
  for (gsize m = 0; m < n_minima && tw_problem_get_dim (problem) == 2; m++) {
    tw_output_write (output, m > 0 ? ", " : "");
    write_number_list (output, minima + 2 * m, 2);
  }
  tw_output_write (output, "]\n");
  write_python_styles (figure, output);
  tw_output_printf (output, "HALO = '%s'  # around what lies on the landscape\nMAP = '%s'\n", figure->theme->dark ? "k" : "w",
                    figure->theme->print ? "Greys_r" : "viridis");
  if (figure->theme->dark)
    tw_output_write (output, "plt.style.use('dark_background')\n");
  if (landscape) {
    g_autofree char *python = python_formula (formula);
    tw_output_printf (output, "\n\ndef landscape(x, y):\n    return %s\n", python);
  }
  write_python_metric (figure, output);
  tw_output_write (output, "\n");
  tw_output_write (output, matplotlib_body);
  return TRUE;
}

static char *
escape_tex (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (strchr ("#$%&_{}", *c) != NULL)
      g_string_append_printf (out, "\\%c", *c);
    else if (*c == '\\')
      g_string_append (out, "\\textbackslash{}");
    else if (*c == '^' || *c == '~')
      g_string_append_printf (out, "\\%c{}", *c);
    else
      g_string_append_c (out, *c);
  return g_string_free (out, FALSE);
}

static void
write_tex_colors (const TwFigure *figure, TwOutput *output)
{
  for (gsize i = 0; i < figure->n_series; i++) {
    const TwLineStyle *style = figure->styles[figure->series[i]];
    const TwColor *color = &style->light; /* the page is white, whatever the figures are */
    char length[G_ASCII_DTOSTR_BUF_SIZE];
    /* Another name than that of the style, which would otherwise call itself. */
    tw_output_printf (output, "\\definecolor{colour%" G_GSIZE_FORMAT "}{RGB}{%u,%u,%u}\n", i,
                      (guint)lround (255 * color->r), (guint)lround (255 * color->g), (guint)lround (255 * color->b));
    tw_output_printf (output, "\\tikzset{series%" G_GSIZE_FORMAT "/.style={color=colour%" G_GSIZE_FORMAT ", ", i, i);
    tw_output_write (output, style->n_dash > 0 ? "dash pattern=" : "solid");
    for (int d = 0; d < style->n_dash; d++)
      tw_output_printf (output, "%s %spt", d % 2 == 0 ? "on" : " off",
                        g_ascii_formatd (length, sizeof length, "%g", style->dash[d]));
    tw_output_write (output, "}}\n");
  }
}

/* Points of one line; those that TeX can't hold end it. */
static void
write_tex_line (TwOutput *output, const char *options, gsize series, gboolean primary, const double *xs, gsize x_stride,
                const double *ys, gsize y_stride, double offset, gsize n, gboolean log)
{
  gsize every = (n + MAX_POINTS - 1) / MAX_POINTS;

  tw_output_printf (output, "\\addplot[series%" G_GSIZE_FORMAT ", %s%s] coordinates {\n", series,
                    primary ? "thick" : "thin, opacity=0.4, forget plot", options);
  for (gsize k = 0; k < n; k += MAX (every, 1)) {
    double x = xs != NULL ? xs[k * x_stride] : (double)k, y = ys[k * y_stride] - offset;
    if (!isfinite (x) || !isfinite (y) || fabs (x) > 1e30 || fabs (y) > 1e30 || (log && !(y > 0)))
      continue;
    char text[2][G_ASCII_DTOSTR_BUF_SIZE];
    tw_output_printf (output, "(%s,%s)\n", g_ascii_formatd (text[0], sizeof text[0], "%.9g", x),
                      g_ascii_formatd (text[1], sizeof text[1], "%.9g", y));
  }
  tw_output_write (output, "};\n");
}

static void
write_tex_contours (const TwFigure *figure, TwOutput *output)
{
  double sx = (figure->view.x.max - figure->view.x.min) / (double)(figure->field->width - 1);
  double sy = (figure->view.y.max - figure->view.y.min) / (double)(figure->field->height - 1);

  for (guint level = 1; level < figure->contours->n; level += 2) {
    const TwContour *contour = figure->contours->contours[level];
    const double *points = (const double *)(gpointer)contour->points->data;
    const gsize *starts = (const gsize *)(gpointer)contour->starts->data;
    for (gsize line = 0; line < tw_contour_get_n_lines (contour); line++) {
      gsize n = starts[line + 1] - starts[line], every = MAX (n / 60, 1);
      if (n < 4)
        continue;
      tw_output_write (output, "\\addplot[black!30, very thin, forget plot] coordinates {");
      for (gsize p = 0; p < n; p = p + 1 < n ? MIN (p + every, n - 1) : n) {
        char text[2][G_ASCII_DTOSTR_BUF_SIZE];
        const double *point = points + 2 * (starts[line] + p);
        tw_output_printf (output, "(%s,%s)",
                          g_ascii_formatd (text[0], sizeof text[0], "%.5g", figure->view.x.min + sx * point[0]),
                          g_ascii_formatd (text[1], sizeof text[1], "%.5g", figure->view.y.min + sy * point[1]));
      }
      tw_output_write (output, "};\n");
    }
  }
}

static void
write_tex_landscape (const TwFigure *figure, const char *title, TwOutput *output)
{
  const TwAxis *x = &figure->view.x, *y = &figure->view.y;
  const double limits[] = { x->min, x->max, y->min, y->max };
  static const char *const names[] = { "xmin", "xmax", "ymin", "ymax" };
  const double *minima;
  gsize n_minima = tw_problem_get_minima (tw_trace_get_problem (figure->trace), &minima);
  gsize n_starts = MIN (tw_trace_get_n_starts (figure->trace), MAX_STARTS);

  tw_output_printf (output, "\\nextgroupplot[title={%s}, xlabel={$x$}, ylabel={$y$}", title);
  for (int i = 0; i < 4; i++) {
    tw_output_printf (output, ", %s=", names[i]);
    tw_output_write_number (output, limits[i]);
  }
  tw_output_write (output, "]\n");
  write_tex_contours (figure, output);
  for (gsize s = n_starts; s-- > 0;)
    for (gsize i = 0; i < figure->n_series; i++) {
      gsize o = figure->series[i];
      const double *theta = tw_trace_get_theta (figure->trace, o, s);
      write_tex_line (output, ", forget plot", i, s == 0, theta, 2, theta + 1, 2, 0,
                      tw_trace_get_n_rows (figure->trace, o, s), FALSE);
    }
  tw_output_write (output, "\\addplot[only marks, mark=star, black, forget plot] coordinates {");
  for (gsize m = 0; m < n_minima; m++) {
    tw_output_write (output, "(");
    tw_output_write_number (output, minima[2 * m]);
    tw_output_write (output, ",");
    tw_output_write_number (output, minima[2 * m + 1]);
    tw_output_write (output, ")");
  }
  tw_output_write (output, "};\n");
}

static void
write_tex_curves (const TwFigure *figure, const char *title, TwOutput *output)
{
  guint from = figure->lines->len - (guint)MIN (figure->lines->len, figure->n_series * MAX_STARTS);

  tw_output_printf (output, "\\nextgroupplot[title={%s}, xlabel={step}, ylabel={%s}, ymode=%s, legend pos=outer north east, "
                            "legend cell align=left]\n",
                    title, figure->y_title, figure->y.log ? "log" : "normal");
  for (guint c = from; c < figure->lines->len; c++) {
    const TwCurve *curve = &g_array_index (figure->lines, TwCurve, c);
    gsize i = (c % figure->n_series);
    write_tex_line (output, "", i, curve->primary, NULL, 0, curve->values, 1, curve->offset, curve->n, figure->y.log);
    if (curve->primary) {
      g_autofree char *name = escape_tex (figure->names[figure->series[i]]);
      tw_output_printf (output, "\\addlegendentry{%s}\n", name);
    }
  }
}

gboolean
tw_figure_write_pgfplots (const TwFigure *figure, TwOutput *output, GError **error)
{
  gboolean landscape = figure->has_landscape, curves = figure->has_curves;
  g_autofree char *title = escape_tex (figure->title);

  if (!check_redraws (figure, error))
    return FALSE;
  write_comment (output, "%", figure->caption);
  tw_output_write (output, "\\documentclass{standalone}\n\\usepackage{pgfplots}\n\\usepgfplotslibrary{groupplots}\n"
                           "\\pgfplotsset{compat=1.16}\n");
  write_tex_colors (figure, output);
  tw_output_printf (output,
                    "\\begin{document}\n\\begin{tikzpicture}\n\\begin{groupplot}[group style={group size=%d by 1, "
                    "horizontal sep=18mm}, width=80mm, height=70mm]\n",
                    landscape + curves);
  if (landscape)
    write_tex_landscape (figure, title, output);
  if (curves)
    write_tex_curves (figure, landscape ? "" : title, output);
  tw_output_write (output, "\\end{groupplot}\n\\end{tikzpicture}\n\\end{document}\n");
  return TRUE;
}
