/* families.h: the random problem families of the meta-training corpus, and what they share.
 *
 * The families are those of Wichrowska et al. 2017, section 4, with the mathematics of the corpus published
 * with the paper.  All that is random about a problem comes from its seed; minibatches come from the TwDraw
 * of the point.  Every objective here is evaluated point by point with operations of a fixed shape, so that
 * point i has the same bits in any batch of points.
 *
 * `minimum` of a family is exact where the problem is built so.  Where it cannot be known (cross entropies,
 * matrix multiplication with few products) it is 0, a lower bound of the objective.
 *
 * `hessian_vector` gives (d gradient / d theta)^T v: the Hessian times v wherever the gradient is the loss's
 * own; for `sparse`, whose gradients are masked, H (mask * v), which is what a backward pass needs.
 */
#pragma once

#include "core/problems/problem-private.h"

G_BEGIN_DECLS

extern const TwProblemType tw_quadratic_type;            /* linear.c */
extern const TwProblemType tw_norm_type;                 /* linear.c */
extern const TwProblemType tw_bowl_type;                 /* bowl.c: bowl-nd */
extern const TwProblemType tw_softmax_type;              /* softmax.c */
extern const TwProblemType tw_sparse_softmax_type;       /* sparse-softmax.c */
extern const TwProblemType tw_mlp_random_type;           /* mlp-random.c */
extern const TwProblemType tw_matmul_type;               /* matmul.c */
extern const TwProblemType tw_dependency_chain_type;     /* chain.c */
extern const TwProblemType tw_min_max_well_type;         /* chain.c */
extern const TwProblemType tw_outward_snake_type;        /* columns.c */
extern const TwProblemType tw_projection_quadratic_type; /* columns.c */
extern const TwProblemType tw_sum_of_quadratics_type;    /* columns.c */
extern const TwProblemType tw_sum_type;                  /* sum.c */
extern const TwProblemType tw_log_type;                  /* transforms.c */
extern const TwProblemType tw_rescaled_type;             /* transforms.c */
extern const TwProblemType tw_sparse_type;               /* transforms.c */
extern const TwProblemType tw_ripples_type;              /* ripples.c */
extern const TwProblemType tw_turned_type;               /* turned.c */

#define TW_FAMILY_SOURCE "Wichrowska et al. 2017, section 4"

/* The draw of part `part` (matrix, targets, ...) of the problem made from `seed`. */
TwDraw tw_family_draw (guint64 seed, guint part);
/* n independent N(0, 1) from a part's draw; g_free. */
double *tw_family_normals (guint64 seed, guint part, gsize n);
/* Names for the tensors tw_problem_init() was told of: a NULL-terminated list. */
void tw_family_name_tensors (TwProblem *problem, const char *const *names);
/* theta (D) ~ N(0, 1), the start of most families: a `draw_start`. */
void tw_family_draw_normal (const TwProblem *problem, TwDraw draw, double *theta);
/* A data set of `rows` x `columns` must stay within 10^7 numbers (80 MB).  Errors: it does not. */
gboolean tw_family_check_size (const char *family, gsize rows, gsize columns, GError **error);

/* Minibatches without storage: the `rows` rows of a data set are shuffled anew for every epoch, and step k of
 * a run takes the k-th `batch` of them.  indices (batch).  With batch = rows: 0 .. rows - 1 in order. */
void tw_minibatch (gsize rows, gsize batch, TwDraw draw, guint32 *indices);
/* The batch that was asked for, where 0 or too many mean all rows. */
gsize tw_minibatch_size (gsize rows, double asked);

/* Nested specs, the value of `of=`: NAME[:KEY=VALUE]...; parentheses keep the separators of a spec further
 * in, as in of=(log:of=rosenbrock).  A list of them is joined by +. Errors: an empty part, parentheses that
 * do not match, more than 8 levels, sparse gradients inside, noise inside (which only `may_be_noisy` allows:
 * it would be lost), whatever the inner problem says. */
TwProblem *tw_of_problem (const char *family, const char *text, gboolean may_be_noisy, guint64 seed,
                          GError **error);
/* Of TwProblem *, with seeds of their own. */
GPtrArray *tw_of_problems (const char *family, const char *text, guint64 seed, GError **error);

/* The scratch of a problem inside another; a multiple of 64, so that more can follow. */
gsize tw_inner_work_size (const TwProblem *problem, gsize n);

G_END_DECLS
