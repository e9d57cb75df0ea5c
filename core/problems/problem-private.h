/* problem-private.h: what a family of problems implements. */
#pragma once

#include "core/problems/problem.h"

G_BEGIN_DECLS

typedef struct _TwProblemType TwProblemType;

/* The head of every problem; a family embeds it as its first member. */
struct _TwProblem {
  const TwProblemType *type;
  gatomicrefcount ref_count;
  char *name, *title, *formula;
  gsize dim;               /* D */
  gsize n_tensors;
  gsize *tensor_sizes;     /* (n_tensors) */
  char **tensor_names;     /* (n_tensors + 1) NULL-terminated, or NULL */
  double minimum;          /* NAN where unknown */
  gboolean has_domain;
  double domain[4];
  gsize n_minima, n_starts;
  double *minima, *starts; /* (n, D) */
  double noise;
  const char *const *metric_names; /* (n_metrics) */
  gsize n_metrics;
  guint64 metric_interval; /* 0: at the end only */
  gsize n_rows;            /* to train on; 0 where loss_over is NULL */
  double row_cost;         /* multiplications per row */
};

struct _TwProblemType {
  const char *name;       /* in specs; NULL for the landscapes, which are named by their data */
  const char *title;
  const char *summary;
  const char *source;
  const TwParam *params;  /* its own keys, without the common ones */
  TwProblem *(*create) (const TwValue *values, guint64 seed, GError **error);
  void (*finalize) (TwProblem *problem);                          /* frees what the family added; may be NULL */
  gsize (*work_size) (const TwProblem *problem, gsize n);         /* bytes of scratch; may be NULL */
  /* scratch is 64-byte aligned and zeroed once.  loss and gradient may be NULL; no noise is added here. */
  TwStatus (*eval) (const TwProblem *problem, void *scratch, gsize n, const double *theta, const TwDraw *draws,
                    double *loss, double *gradient);
  TwStatus (*hessian_vector) (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                              const double *v, const TwDraw *draws, double *out);  /* may be NULL */
  void (*draw_start) (const TwProblem *problem, TwDraw draw, double *theta);       /* may be NULL */
  /* As eval, where the gradients of eval are not those of the loss (masked ones, say); else NULL. */
  TwStatus (*eval_exact) (const TwProblem *problem, void *scratch, gsize n, const double *theta,
                          const TwDraw *draws, double *loss, double *gradient);
  /* values (n_metrics) at theta (D); NULL where there are no metrics. */
  void (*measure) (const TwProblem *problem, void *scratch, const double *theta, double *values);
  /* See tw_problem_loss_over(); NULL where there are no rows. */
  double (*loss_over) (const TwProblem *problem, void *scratch, const double *theta, const guint32 *rows,
                       gsize n);
};

/* For create(): takes ownership of nothing; sizes (n_tensors) are copied. */
void tw_problem_init (TwProblem *problem, const TwProblemType *type, const char *name, const char *title,
                      gsize n_tensors, const gsize *sizes);

void *tw_problem_work_get_scratch (TwProblemWork *work);

extern const TwProblemType tw_landscape_type;

G_END_DECLS
