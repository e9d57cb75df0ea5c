#include "ui/drawing/palette.h"

#include <math.h>

#define N_CELLS 32768 /* five bits of each colour */
#define UNKNOWN 0xffff

/* A box of cells: cells[from .. to - 1] of the sorted list. */
typedef struct {
  guint from, to;
  int axis;      /* 0 red, 1 green, 2 blue: the longest side */
  double weight; /* what is gained by cutting it */
} Box;

static inline guint
cell_of (guint32 pixel)
{
  return (pixel >> 19 & 31) << 10 | (pixel >> 11 & 31) << 5 | (pixel >> 3 & 31);
}

static inline int
part_of (guint cell, int axis)
{
  return (int)(cell >> (10 - 5 * axis) & 31);
}

TwPalette *
tw_palette_new (void)
{
  TwPalette *palette = g_new0 (TwPalette, 1);

  palette->nearest = g_new (guint16, N_CELLS);
  palette->counts = g_new0 (guint32, N_CELLS);
  for (guint i = 0; i < N_CELLS; i++)
    palette->nearest[i] = UNKNOWN;
  return palette;
}

void
tw_palette_free (TwPalette *palette)
{
  if (palette == NULL)
    return;
  g_free (palette->nearest);
  g_free (palette->counts);
  g_free (palette);
}

void
tw_palette_count (TwPalette *palette, cairo_surface_t *surface)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  const guint8 *data = cairo_image_surface_get_data (surface);

  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      palette->counts[cell_of (((const guint32 *)(gconstpointer)(data + (gsize)y * (gsize)stride))[x])]++;
}

/* Large areas count for more, but not in proportion: thin lines are what is looked at. */
static double
weight_of (const TwPalette *palette, guint cell)
{
  return sqrt ((double)palette->counts[cell]);
}

static void
measure (const TwPalette *palette, const guint16 *cells, Box *box)
{
  int low[3] = { 31, 31, 31 }, high[3] = { 0, 0, 0 };
  double weight = 0;

  for (guint i = box->from; i < box->to; i++) {
    for (int c = 0; c < 3; c++) {
      low[c] = MIN (low[c], part_of (cells[i], c));
      high[c] = MAX (high[c], part_of (cells[i], c));
    }
    weight += weight_of (palette, cells[i]);
  }
  box->axis = 1; /* green, which eyes see best, where sides are equal */
  for (int c = 0; c < 3; c += 2)
    if (high[c] - low[c] > high[box->axis] - low[box->axis])
      box->axis = c;
  int side = high[box->axis] - low[box->axis];
  box->weight = side * side * weight;
}

static int
compare_cells (gconstpointer a, gconstpointer b, gpointer axis)
{
  guint16 p = *(const guint16 *)a, q = *(const guint16 *)b;
  int first = part_of (p, *(int *)axis), second = part_of (q, *(int *)axis);

  return first != second ? first - second : (int)p - (int)q;
}

/* In two of equal weight. */
static Box
cut (const TwPalette *palette, guint16 *cells, Box *box)
{
  double total = 0, half = 0;
  guint at = box->from;

  g_qsort_with_data (cells + box->from, (gint)(box->to - box->from), sizeof *cells, compare_cells, &box->axis);
  for (guint i = box->from; i < box->to; i++)
    total += weight_of (palette, cells[i]);
  do
    half += weight_of (palette, cells[at++]);
  while (at + 1 < box->to && half < total / 2);
  Box upper = { .from = at, .to = box->to };
  box->to = at;
  measure (palette, cells, box);
  measure (palette, cells, &upper);
  return upper;
}

static void
add_mean (TwPalette *palette, const guint16 *cells, const Box *box)
{
  double sums[3] = { 0 }, total = 0;

  for (guint i = box->from; i < box->to; i++) {
    double weight = palette->counts[cells[i]];
    for (int c = 0; c < 3; c++)
      sums[c] += weight * (part_of (cells[i], c) * 255.0 / 31);
    total += weight;
  }
  for (int c = 0; c < 3; c++)
    palette->colors[palette->n][c] = (guint8)lround (sums[c] / total);
  palette->n++;
}

void
tw_palette_build (TwPalette *palette, const TwColor *exact, guint n_exact)
{
  g_autofree guint16 *cells = g_new (guint16, N_CELLS);
  Box boxes[TW_PALETTE_MAX];
  guint n = 0, n_boxes = 1;

  palette->n = 0;
  for (guint i = 0; i < MIN (n_exact, TW_PALETTE_MAX / 2); i++) {
    const double parts[] = { exact[i].r, exact[i].g, exact[i].b };
    for (int c = 0; c < 3; c++)
      palette->colors[palette->n][c] = (guint8)lround (255 * parts[c]);
    palette->n++;
  }
  for (guint i = 0; i < N_CELLS; i++)
    if (palette->counts[i] > 0)
      cells[n++] = (guint16)i;
  boxes[0] = (Box){ 0, n };
  measure (palette, cells, &boxes[0]);
  while (n > 0 && palette->n + n_boxes < TW_PALETTE_MAX) {
    guint best = 0;
    for (guint b = 1; b < n_boxes; b++)
      if (boxes[b].weight > boxes[best].weight)
        best = b;
    if (boxes[best].weight == 0)
      break;
    boxes[n_boxes] = cut (palette, cells, &boxes[best]);
    n_boxes++;
  }
  for (guint b = 0; n > 0 && b < n_boxes; b++)
    add_mean (palette, cells, &boxes[b]);
}

guint8
tw_palette_index (TwPalette *palette, guint32 pixel)
{
  guint cell = cell_of (pixel), best = 0;
  int least = G_MAXINT;

  if (palette->nearest[cell] != UNKNOWN)
    return (guint8)palette->nearest[cell];
  for (guint i = 0; i < palette->n; i++) {
    int red = (int)(pixel >> 16 & 255) - palette->colors[i][0];
    int green = (int)(pixel >> 8 & 255) - palette->colors[i][1], blue = (int)(pixel & 255) - palette->colors[i][2];
    int distance = 3 * red * red + 6 * green * green + blue * blue;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  palette->nearest[cell] = (guint16)best;
  return (guint8)best;
}
