/* watch.h: what there is to see of a network that learns: what it answers, its filters, its mistakes.
 *
 * All of it at a position theta (D) in float, as snapshots keep it.  Letters: F features, K classes, O outputs,
 * n rows.  Functions that take a work may run on any thread with a work of their own.
 */
#pragma once

#include "core/data/data-set.h"
#include "core/problems/problem.h"

G_BEGIN_DECLS

/* The data a problem learns from; NULL where it is not a network on data. */
const TwDataSet *tw_task_get_data (const TwProblem *problem);
/* Whether it tells classes apart: softmax regression, MLPs, ..., not autoencoders. */
gboolean tw_task_has_classes (const TwProblem *problem);

/* Rows x (n, F): the probability of each class, out (n, K).  Problems with classes only. */
void tw_task_predict (const TwProblem *problem, TwProblemWork *work, const float *theta, gsize n,
                      const TwReal *x, float *out);
/* The same for data of two features: a grid of W x H points, the corners those of the domain (x0, x1, y0, y1) and
 * (0, 0) the lower left one: out (H, W, K). */
void tw_task_predict_grid (const TwProblem *problem, TwProblemWork *work, const float *theta, const double domain[4],
                           gsize width, gsize height, float *out);
/* Rows first to first + n - 1 of a part of its data: the likeliest class of each, and its probability;
 * certainty may be NULL.  Returns how many are right. */
gsize tw_task_classify (const TwProblem *problem, TwProblemWork *work, const float *theta,
                        const TwDataPart *part, gsize first, gsize n, guint16 *classes, float *certainty);

/* Rows of two features as they are answered: of each part the first `most`, those trained on before those held out. */
typedef struct {
  gsize n, n_train;             /* rows; the first n_train are trained on */
  double *points;               /* (n, 2) */
  guint16 *classes, *predicted; /* (n) */
  gsize n_right[2];             /* of those trained on, and held out */
} TwJudgedRows;
TwJudgedRows *tw_task_judge_rows (const TwProblem *problem, TwProblemWork *work, const float *theta, gsize most);
void tw_judged_rows_free (TwJudgedRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwJudgedRows, tw_judged_rows_free)

/* What it gets wrong of the rows held out, or where there are none of those it is trained on, in the order of the
 * data.  Only the first rows are looked at: TW_MISTAKES_MOST, and of a large network fewer. */
#define TW_MISTAKES_MOST 3000
typedef struct {
  const TwDataPart *part;       /* of the problem's data */
  gboolean held_out;
  gsize n_judged, n;            /* rows that were looked at, and how many of them are wrong */
  guint32 *rows;                /* (n) of the part */
  guint16 *classes, *predicted; /* (n) */
} TwMistakes;
TwMistakes *tw_task_find_mistakes (const TwProblem *problem, TwProblemWork *work, const float *theta);
void tw_mistakes_free (TwMistakes *mistakes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwMistakes, tw_mistakes_free)
/* A row that is an image, its first channel: pixels (height, width) from 0 to 1, whatever its features were scaled to. */
void tw_data_read_image (const TwDataSet *data, const TwDataPart *part, gsize row, float *pixels);
/* A class in words, or its number. */
char *tw_data_name_class (const TwDataSet *data, gsize k);

/* The weights of the first layer as images: one for each unit or map.  FALSE: its data are no images. */
typedef struct {
  gsize n, channels, height, width;
} TwFilterShape;
gboolean tw_task_get_filter_shape (const TwProblem *problem, TwFilterShape *shape);
/* out (channels, height, width) */
void tw_task_read_filter (const TwProblem *problem, const float *theta, gsize filter, float *out);

/* A tensor in words: "dense1.weight 784 x 128" of a network, "theta 30" of others. */
char *tw_problem_describe_tensor (const TwProblem *problem, gsize tensor);

/* Coordinates that make one filter: the weights into a unit or a map; a bias tensor is one of its own.  Of
 * problems that are not networks each tensor is one.  Filter coordinates are at, at + stride, ... (n). */
typedef struct {
  gsize at, n, stride;
  gboolean bias;
} TwFilter;
GArray *tw_problem_list_filters (const TwProblem *problem); /* of TwFilter; all coordinates, each once */

G_END_DECLS
