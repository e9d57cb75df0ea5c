/* problem.h: something to minimise.
 *
 * A problem is immutable once made and may be shared by threads; what changes during an evaluation is in a
 * TwProblemWork, one per thread.  It has D coordinates, cut into named tensors.  It evaluates n points at once.
 * Noise and minibatches are functions of a TwDraw per point, so an evaluation can be repeated exactly.
 */
#pragma once

#include <glib.h>

#include "core/random.h"
#include "core/spec.h"

G_BEGIN_DECLS

typedef struct _TwProblem TwProblem;
typedef struct _TwProblemWork TwProblemWork;

typedef enum {
  TW_STATUS_OK,
  TW_STATUS_NOT_FINITE, /* at least one loss or gradient is NaN or infinite; all of them were written */
  TW_STATUS_UNSUPPORTED /* this problem has no such derivative; nothing was written */
} TwStatus;

/* `seed` draws what is random about the problem itself (a random matrix, a data set, ...).
 * Errors: unknown name or key, bad value, unreadable data. */
TwProblem *tw_problem_new (const TwSpec *spec, guint64 seed, GError **error);
/* A landscape from a formula in x and y.  `domain` is x0, x1, y0, y1 or NULL for [-5, 5]^2;
 * `minimum` is its known minimum or NAN. */
TwProblem *tw_problem_new_formula (const char *formula, const double domain[4], double minimum, GError **error);
TwProblem *tw_problem_ref (TwProblem *problem);
void tw_problem_unref (TwProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwProblem, tw_problem_unref)

const char *tw_problem_get_name (const TwProblem *problem);     /* as in the list, or "formula" */
const char *tw_problem_get_title (const TwProblem *problem);    /* for people: "Rosenbrock" */
const char *tw_problem_get_formula (const TwProblem *problem);  /* NULL where it is not a landscape */
gsize tw_problem_get_dim (const TwProblem *problem);            /* D */
gsize tw_problem_get_n_tensors (const TwProblem *problem);
const gsize *tw_problem_get_tensor_sizes (const TwProblem *problem);
const char *tw_problem_get_tensor_name (const TwProblem *problem, gsize tensor);
double tw_problem_get_minimum (const TwProblem *problem);       /* f*, NAN where unknown */
/* Landscapes only: where it is drawn, and where random starts come from.  FALSE for other problems. */
gboolean tw_problem_get_domain (const TwProblem *problem, double domain[4]);
gsize tw_problem_get_minima (const TwProblem *problem, const double **points);  /* (n, D) known minimisers */
/* Standard deviation of N(0, sigma) noise that is added to each coordinate of every gradient. */
double tw_problem_get_noise (const TwProblem *problem);
void tw_problem_set_noise (TwProblem *problem, double sigma);  /* before it is shared */

/* The problem's chosen starts: i = 0, 1, ...; FALSE past the last.  theta (D). */
gboolean tw_problem_get_start (const TwProblem *problem, gsize i, double *theta);
/* A random start: uniform in the domain of a landscape, the usual initialisation of others.  theta (D). */
void tw_problem_draw_start (const TwProblem *problem, TwDraw draw, double *theta);

/* Scratch for evaluations of up to `n` points on one thread; all memory is taken here. */
TwProblemWork *tw_problem_work_new (const TwProblem *problem, gsize n);
void tw_problem_work_free (TwProblemWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwProblemWork, tw_problem_work_free)

/* At n points theta (n, D) with draws (n) or NULL (draw 0): loss (n) or NULL, gradient (n, D) or NULL. */
TwStatus tw_problem_eval (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                          const TwDraw *draws, double *loss, double *gradient);
/* The same without the gradient noise: the slope of the loss itself. */
TwStatus tw_problem_eval_exact (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                                const TwDraw *draws, double *loss, double *gradient);
/* Hessian times vector at each point: out (n, D) = H(theta_i) v_i; noise does not enter. */
TwStatus tw_problem_hessian_vector (const TwProblem *problem, TwProblemWork *work, gsize n, const double *theta,
                                    const double *v, const TwDraw *draws, double *out);

/* What else there is to know about a point, dear enough that it is not asked at every step: train_loss over all
 * training rows, test_loss and test_accuracy over rows held out.  n is 0 for problems without data. */
const char *const *tw_problem_get_metric_names (const TwProblem *problem, gsize *n);
/* Steps from one measurement to the next; 0: at the end only. */
guint64 tw_problem_get_metric_interval (const TwProblem *problem);
/* values (n metrics) at theta (D); NAN where one is not defined. */
void tw_problem_measure (const TwProblem *problem, TwProblemWork *work, const double *theta, double *values);

/* Problems that learn from data: the rows they are trained on (0 for others), and the multiplications that one
 * of them costs. */
gsize tw_problem_get_n_rows (const TwProblem *problem);
double tw_problem_get_row_cost (const TwProblem *problem);
/* Their loss at theta (D) as if rows (n, below n_rows) were all there is, weight decay included. */
double tw_problem_loss_over (const TwProblem *problem, TwProblemWork *work, const double *theta,
                             const guint32 *rows, gsize n);

/* What there is to choose from: the landscapes of data/landscapes.json, then the families. */
typedef struct {
  const char *name;
  const char *title;
  const char *summary;    /* one line: what it teaches */
  const char *formula;    /* of a landscape, else NULL */
  const char *source;     /* where it comes from */
  const TwParam *params;  /* keys it takes, the common ones (noise) included */
} TwProblemInfo;
const TwProblemInfo *tw_problem_list (gsize *n);

G_END_DECLS
