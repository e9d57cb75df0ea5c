#include "core/layout.h"

TwLayout *
tw_layout_new (gsize n_runs, const gsize *n_tensors, const gsize *sizes)
{
  TwLayout *layout = g_new0 (TwLayout, 1);
  layout->n_runs = n_runs;
  layout->run_start = g_new (gsize, n_runs + 1);
  layout->run_start[0] = 0;
  for (gsize b = 0; b < n_runs; b++)
    layout->run_start[b + 1] = layout->run_start[b] + n_tensors[b];
  layout->n_tensors = layout->run_start[n_runs];
  layout->tensor_start = g_new (gsize, layout->n_tensors + 1);
  layout->tensor_start[0] = 0;
  for (gsize t = 0; t < layout->n_tensors; t++)
    layout->tensor_start[t + 1] = layout->tensor_start[t] + sizes[t];
  layout->n_rows = layout->tensor_start[layout->n_tensors];
  return layout;
}

TwLayout *
tw_layout_new_repeated (gsize n_runs, gsize n_tensors, const gsize *sizes)
{
  g_autofree gsize *counts = g_new (gsize, MAX (n_runs, 1));
  g_autofree gsize *all = g_new (gsize, MAX (n_runs * n_tensors, 1));
  for (gsize b = 0; b < n_runs; b++) {
    counts[b] = n_tensors;
    for (gsize t = 0; t < n_tensors; t++)
      all[b * n_tensors + t] = sizes[t];
  }
  return tw_layout_new (n_runs, counts, all);
}

void
tw_layout_free (TwLayout *layout)
{
  if (layout == NULL)
    return;
  g_free (layout->tensor_start);
  g_free (layout->run_start);
  g_free (layout);
}
