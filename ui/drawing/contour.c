#include "ui/drawing/contour.h"

#include <math.h>

/* Edges of the grid: 2 (j W + i) is the one from point (i, j) to the right, 2 (j W + i) + 1 the one upwards.
 * A line crosses an edge at most once and leaves it into at most two cells, so a line is a chain of edges,
 * each linked to at most two others. */
typedef struct {
  const float *values; /* (H, W) */
  gsize width, height;
  double level;
  gint32 (*links)[2]; /* (2 W H) the edges that follow each edge; -1: none */
  TwContour *contour;
} March;

static void
link_edges (March *march, gsize a, gsize b)
{
  march->links[a][march->links[a][0] >= 0] = (gint32)b;
  march->links[b][march->links[b][0] >= 0] = (gint32)a;
}

static void
march_cell (March *march, gsize i, gsize j)
{
  gsize W = march->width, at = j * W + i;
  double v00 = march->values[at], v10 = march->values[at + 1];
  double v01 = march->values[at + W], v11 = march->values[at + W + 1];
  double level = march->level;
  if (!isfinite (v00 + v10 + v01 + v11))
    return;
  guint corners = (v00 >= level) | (v10 >= level) << 1 | (v11 >= level) << 2 | (v01 >= level) << 3;
  gsize bottom = 2 * at, left = 2 * at + 1, right = 2 * (at + 1) + 1, top = 2 * (at + W);

  switch (corners) {
  case 1:
  case 14:
    link_edges (march, left, bottom);
    break;
  case 2:
  case 13:
    link_edges (march, bottom, right);
    break;
  case 3:
  case 12:
    link_edges (march, left, right);
    break;
  case 4:
  case 11:
    link_edges (march, right, top);
    break;
  case 6:
  case 9:
    link_edges (march, bottom, top);
    break;
  case 7:
  case 8:
    link_edges (march, left, top);
    break;
  case 5:
  case 10:
    if (((v00 + v10 + v01 + v11) / 4 >= level) == (corners == 5)) {
      link_edges (march, left, top);
      link_edges (march, bottom, right);
    } else {
      link_edges (march, left, bottom);
      link_edges (march, right, top);
    }
    break;
  default:
    break;
  }
}

static void
add_crossing (March *march, gsize edge)
{
  gsize W = march->width, from = edge / 2, to = edge % 2 ? from + W : from + 1;
  double a = march->values[from], b = march->values[to];
  double f = b != a ? (march->level - a) / (b - a) : 0.5;
  double point[2] = { (double)(from % W) + (edge % 2 ? 0 : f), (double)(from / W) + (edge % 2 ? f : 0) };
  g_array_append_vals (march->contour->points, point, 2);
}

/* Follows the chain from `first` and takes it apart, so that no edge is visited twice. */
static void
follow (March *march, gsize first)
{
  gsize start = march->contour->points->len / 2;
  gint32 at = (gint32)first;
  g_array_append_val (march->contour->starts, start);
  add_crossing (march, first);
  while (TRUE) {
    gint32 next = march->links[at][0] >= 0 ? march->links[at][0] : march->links[at][1];
    if (next < 0)
      break;
    march->links[at][march->links[at][0] >= 0 ? 0 : 1] = -1;
    march->links[next][march->links[next][0] == at ? 0 : 1] = -1;
    add_crossing (march, (gsize)next);
    at = next;
  }
}

TwContour *
tw_contour_new (const float *values, gsize width, gsize height, double level)
{
  g_return_val_if_fail (width >= 2 && height >= 2 && width * height < G_MAXINT32 / 2, NULL);

  gsize n_edges = 2 * width * height;
  March march = { .values = values, .width = width, .height = height, .level = level };
  g_autofree gint32 *links = g_new (gint32, 2 * n_edges);
  for (gsize i = 0; i < 2 * n_edges; i++)
    links[i] = -1;
  march.links = (gint32 (*)[2])links;
  march.contour = g_new0 (TwContour, 1);
  march.contour->points = g_array_new (FALSE, FALSE, sizeof (double));
  march.contour->starts = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize j = 0; j + 1 < height; j++)
    for (gsize i = 0; i + 1 < width; i++)
      march_cell (&march, i, j);
  /* Lines that end at the border first: from one of their ends.  What is left are loops. */
  for (gsize e = 0; e < n_edges; e++)
    if ((march.links[e][0] >= 0) != (march.links[e][1] >= 0))
      follow (&march, e);
  for (gsize e = 0; e < n_edges; e++)
    if (march.links[e][0] >= 0)
      follow (&march, e);
  gsize end = march.contour->points->len / 2;
  g_array_append_val (march.contour->starts, end);
  return march.contour;
}

void
tw_contour_free (TwContour *contour)
{
  if (contour == NULL)
    return;
  g_array_unref (contour->points);
  g_array_unref (contour->starts);
  g_free (contour);
}
