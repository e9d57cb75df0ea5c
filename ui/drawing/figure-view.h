/* figure-view.h: what a figure can show.  A view is one entry of the table in figure-view.c and a file of its own.
 *
 * The command line, its help, the export window and what a trace has to record for it are read from the entry, so
 * that nothing else knows its name.  Lengths are in units (figure-private.h).
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _TwFigure TwFigure;

/* What the trace has to hold beside losses and positions. */
typedef enum {
  TW_FIGURE_NEEDS_NOTHING = 0,
  TW_FIGURE_NEEDS_PROBES = 1 << 0,    /* what is inside the optimizers */
  TW_FIGURE_NEEDS_SNAPSHOTS = 1 << 1, /* whole positions at a few steps (core/experiment/snapshots.h) */
} TwFigureNeeds;

typedef struct {
  const char *word;     /* "curves": for the command line and settings */
  const char *title;    /* "Curves": for the window */
  const char *summary;  /* one line of help, without a capital */
  TwFigureNeeds needs;
  gboolean curves;      /* what its curves show can be chosen: TwFigureOptions.metric */
  gboolean plays;       /* what it shows depends on the step */
  gboolean early;       /* where no step is asked for it shows one early in the run, where much moves */
  gboolean redraws;     /* scripts for matplotlib and LaTeX can draw it */
  const char *settings; /* of figure-options.c, those that it reads, with | between: "step|cells"; NULL: none */
  double width;         /* where none is asked for; 0: lay_out() finds it */

  gsize own_size; /* bytes of figure->own, zeroed before prepare() */
  /* What it shows, from the trace, the options, and what else is computed: tw_figure_get_data().
   * Errors: TW_ERROR_INPUT where the experiment has no such thing, cancelled. */
  gboolean (*prepare) (TwFigure *figure, GError **error);
  /* All places, and the height where that is 0; `cr` measures text.  FALSE: it does not fit. */
  gboolean (*lay_out) (TwFigure *figure, cairo_t *cr);
  gboolean (*settle) (TwFigure *figure, GError **error); /* nullable: what depends on its size; errors as prepare() */
  /* What stays the same in all frames, and what moves (nullable): as it is after `last` steps; pictures of `scale`
   * pixels per unit.  Ground, legend and the number of the step are drawn around them. */
  void (*draw_still) (TwFigure *figure, cairo_t *cr, double scale);
  void (*draw_moving) (TwFigure *figure, cairo_t *cr, double scale, gsize last);
  char *(*make_title) (const TwFigure *figure);              /* nullable: the problem's */
  void (*describe) (const TwFigure *figure, GString *words); /* nullable: sentences before the caption */
  void (*clear) (TwFigure *figure);                          /* nullable: what `own` holds */
} TwFigureView;

/* All of them, the comparison first; NULL at the end. */
const TwFigureView *const *tw_figure_views (void);
const TwFigureView *tw_figure_view_find (const char *word); /* NULL: there is none */
/* Whether it reads a setting. */
gboolean tw_figure_view_has_setting (const TwFigureView *view, const char *key);

extern const TwFigureView tw_figure_comparison, tw_figure_landscape, tw_figure_surface, tw_figure_curves,
  tw_figure_activations, tw_figure_table, tw_figure_inside, tw_figure_response,
  tw_figure_basins, tw_figure_sweep, tw_figure_tuning;
extern const TwFigureView tw_figure_plane, tw_figure_regions, tw_figure_filters, tw_figure_mistakes;

G_END_DECLS
