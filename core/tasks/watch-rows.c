/* watch-rows.c: what a network says of its data, row by row. */
#include <math.h>

#include "core/tasks/watch.h"

#define MISTAKES_COST 3e8 /* multiplications that looking for mistakes may cost, beyond FEWEST_ROWS */
#define FEWEST_ROWS 200

TwJudgedRows *
tw_task_judge_rows (const TwProblem *problem, TwProblemWork *work, const float *theta, gsize most)
{
  const TwDataSet *data = tw_task_get_data (problem);
  const TwDataPart *parts[] = { &data->train, &data->test };
  gsize all = MIN (data->train.n, most) + MIN (data->test.n, most);
  TwJudgedRows *rows = g_new0 (TwJudgedRows, 1);

  rows->points = g_new (double, 2 * all);
  rows->classes = g_new (guint16, all);
  rows->predicted = g_new (guint16, all);
  for (int p = 0; p < 2; p++) {
    const TwDataPart *part = parts[p];
    gsize n = MIN (part->n, most), at = rows->n;
    g_autofree TwReal *x = g_new (TwReal, 2 * n);
    if (n > 0)
      rows->n_right[p] = tw_task_classify (problem, work, theta, part, 0, n, rows->predicted + at, NULL);
    tw_data_gather (data, part, NULL, 0, n, x);
    for (gsize i = 0; i < n; i++) {
      rows->points[2 * (at + i)] = x[2 * i];
      rows->points[2 * (at + i) + 1] = x[2 * i + 1];
      rows->classes[at + i] = part->classes[tw_data_row (part, i)];
    }
    rows->n += n;
    if (p == 0)
      rows->n_train = n;
  }
  return rows;
}

void
tw_judged_rows_free (TwJudgedRows *rows)
{
  if (rows == NULL)
    return;
  g_free (rows->points);
  g_free (rows->classes);
  g_free (rows->predicted);
  g_free (rows);
}

TwMistakes *
tw_task_find_mistakes (const TwProblem *problem, TwProblemWork *work, const float *theta)
{
  const TwDataSet *data = tw_task_get_data (problem);
  const TwDataPart *part = data->test.n > 0 ? &data->test : &data->train;
  double afford = MAX (MISTAKES_COST / MAX (tw_problem_get_row_cost (problem), 1), FEWEST_ROWS);
  gsize n = MIN (part->n, (gsize)MIN (afford, TW_MISTAKES_MOST)), at = 0;
  g_autofree guint16 *predicted = g_new (guint16, n);
  TwMistakes *mistakes = g_new0 (TwMistakes, 1);

  mistakes->part = part;
  mistakes->held_out = part == &data->test;
  mistakes->n_judged = n;
  mistakes->n = n - tw_task_classify (problem, work, theta, part, 0, n, predicted, NULL);
  mistakes->rows = g_new (guint32, mistakes->n);
  mistakes->classes = g_new (guint16, mistakes->n);
  mistakes->predicted = g_new (guint16, mistakes->n);
  for (gsize i = 0; i < n; i++) {
    guint16 label = part->classes[tw_data_row (part, i)];
    if (predicted[i] == label)
      continue;
    mistakes->rows[at] = (guint32)i;
    mistakes->classes[at] = label;
    mistakes->predicted[at++] = predicted[i];
  }
  return mistakes;
}

void
tw_mistakes_free (TwMistakes *mistakes)
{
  if (mistakes == NULL)
    return;
  g_free (mistakes->rows);
  g_free (mistakes->classes);
  g_free (mistakes->predicted);
  g_free (mistakes);
}

void
tw_data_read_image (const TwDataSet *data, const TwDataPart *part, gsize row, float *pixels)
{
  gsize n = data->height * data->width;
  TwReal low = INFINITY, high = -INFINITY;
  g_autofree TwReal *x = g_new (TwReal, data->n_features);

  tw_data_gather (data, part, NULL, row, 1, x);
  for (gsize i = 0; i < n; i++) {
    low = MIN (low, x[i]);
    high = MAX (high, x[i]);
  }
  for (gsize i = 0; i < n; i++)
    pixels[i] = high > low ? (float)((x[i] - low) / (high - low)) : 0;
}

char *
tw_data_name_class (const TwDataSet *data, gsize k)
{
  return data->class_names != NULL ? g_strdup (data->class_names[k]) : g_strdup_printf ("%" G_GSIZE_FORMAT, k);
}
