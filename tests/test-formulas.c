/* Random formulas: value, gradient and Hessian are those of an independent evaluation in long double. */
#include <math.h>

#include "core/expression/expression.h"
#include "core/random.h"

/* A formula is a tree that is written with as few parentheses as the precedence allows, and evaluated by itself. */
typedef struct _Tree Tree;
struct _Tree {
  char kind; /* 'n' number, 'x', 'y', '-' unary, operators, 'f' function */
  char op;
  int function;
  long double number;
  Tree *a, *b;
};

static const char *const function_names[] = { "sin",  "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
                                              "tanh", "exp", "log", "sqrt", "abs",  "min",  "max" };
enum { MIN_AT = 13, N_FUNCTIONS = 15 };

typedef struct {
  TwDraw draw;
  guint64 index;
} Dice;

static guint
roll (Dice *dice, guint n)
{
  return (guint)(tw_random_bits (dice->draw, dice->index++) % n);
}

static Tree *
grow (Dice *dice, int depth)
{
  static const char operators[] = "++--***//^";
  Tree *tree = g_new0 (Tree, 1);
  guint choice = depth == 0 ? roll (dice, 3) : 3 + roll (dice, 10);

  if (choice == 0) {
    tree->kind = 'n';
    tree->number = (1 + roll (dice, 40)) / 8.0L;
  } else if (choice < 3) {
    tree->kind = choice == 1 ? 'x' : 'y';
  } else if (choice == 3) {
    tree->kind = '-';
    tree->a = grow (dice, depth - 1);
  } else if (choice < 8) {
    tree->kind = 'f';
    tree->function = (int)roll (dice, N_FUNCTIONS);
    tree->a = grow (dice, depth - 1);
    if (tree->function >= MIN_AT)
      tree->b = grow (dice, (int)roll (dice, (guint)depth));
  } else {
    tree->kind = 'o';
    tree->op = operators[roll (dice, sizeof operators - 1)];
    tree->a = grow (dice, depth - 1);
    tree->b = grow (dice, (int)roll (dice, (guint)depth));
  }
  if (tree->op == '^' && roll (dice, 4) > 0) { /* mostly constant powers */
    tree->b->kind = 'n';
    tree->b->number = roll (dice, 3) > 0 ? roll (dice, 6) : roll (dice, 20) / 4.0L;
  }
  return tree;
}

static void
tree_free (Tree *tree)
{
  if (tree == NULL)
    return;
  tree_free (tree->a);
  tree_free (tree->b);
  g_free (tree);
}

static int
level (const Tree *tree)
{
  if (tree->kind == '-')
    return 3;
  if (tree->kind != 'o')
    return 5;
  return tree->op == '^' ? 4 : tree->op == '*' || tree->op == '/' ? 2 : 1;
}

static void
write_tree (const Tree *tree, int lowest, GString *text)
{
  const gboolean enclose = level (tree) < lowest;

  if (enclose)
    g_string_append_c (text, '(');
  switch (tree->kind) {
  case 'n':
    g_string_append_printf (text, "%.17g", (double)tree->number);
    break;
  case '-':
    g_string_append_c (text, '-');
    write_tree (tree->a, 3, text);
    break;
  case 'f':
    g_string_append_printf (text, "%s(", function_names[tree->function]);
    write_tree (tree->a, 0, text);
    if (tree->b != NULL) {
      g_string_append (text, ", ");
      write_tree (tree->b, 0, text);
    }
    g_string_append_c (text, ')');
    break;
  case 'o':
    write_tree (tree->a, tree->op == '^' ? 5 : level (tree), text);
    g_string_append_c (text, tree->op);
    write_tree (tree->b, tree->op == '^' ? 3 : level (tree) + 1, text);
    break;
  default:
    g_string_append_c (text, tree->kind);
  }
  if (enclose)
    g_string_append_c (text, ')');
}

/* Which sides of corners a point is on, so that differences across one are not taken; and the largest number
 * met, which bounds the rounding error. */
typedef struct {
  long double x, y, largest;
  guint64 sides;
} Walk;

static long double
walk_tree (const Tree *tree, Walk *walk)
{
  long double a = tree->a != NULL ? walk_tree (tree->a, walk) : 0,
              b = tree->b != NULL ? walk_tree (tree->b, walk) : 0;
  long double v = 0;

  if (tree->kind == 'n')
    v = tree->number;
  else if (tree->kind == 'x' || tree->kind == 'y')
    v = tree->kind == 'x' ? walk->x : walk->y;
  else if (tree->kind == '-')
    v = -a;
  else if (tree->kind == 'o')
    v = tree->op == '+'   ? a + b
        : tree->op == '-' ? a - b
        : tree->op == '*' ? a * b
        : tree->op == '/' ? a / b
                          : powl (a, b);
  else {
    switch (tree->function) {
    case 0:
      v = sinl (a);
      break;
    case 1:
      v = cosl (a);
      break;
    case 2:
      v = tanl (a);
      break;
    case 3:
      v = asinl (a);
      break;
    case 4:
      v = acosl (a);
      break;
    case 5:
      v = atanl (a);
      break;
    case 6:
      v = sinhl (a);
      break;
    case 7:
      v = coshl (a);
      break;
    case 8:
      v = tanhl (a);
      break;
    case 9:
      v = expl (a);
      break;
    case 10:
      v = logl (a);
      break;
    case 11:
      v = sqrtl (a);
      break;
    case 12:
      v = fabsl (a);
      break;
    case 13:
      v = fminl (a, b);
      break;
    default:
      v = fmaxl (a, b);
    }
    if (tree->function >= 12)
      walk->sides = walk->sides * 2 + (tree->function == 12 ? a > 0 : a < b);
  }
  walk->largest = fmaxl (walk->largest, isnan (v) ? INFINITY : fabsl (v));
  return v;
}

typedef struct {
  const Tree *tree;
  long double x, y, largest;
  guint64 sides;
  gboolean smooth; /* no corner, NaN or infinity was met */
} Probe;

static long double
probe_at (Probe *probe, long double dx, long double dy)
{
  Walk walk = { .x = probe->x + dx, .y = probe->y + dy };
  long double v = walk_tree (probe->tree, &walk);

  if (!isfinite (walk.largest) || !isfinite (v) ||
      (probe->sides != G_MAXUINT64 && walk.sides != probe->sides))
    probe->smooth = FALSE;
  probe->sides = walk.sides;
  probe->largest = fmaxl (probe->largest, walk.largest);
  return v;
}

/* d (5): x, y, xx, xy, yy by central differences of step h, with errors of order h^2 */
static void
difference (Probe *probe, long double h, long double *d)
{
  long double o = probe_at (probe, 0, 0), e = probe_at (probe, h, 0), w = probe_at (probe, -h, 0);
  long double n = probe_at (probe, 0, h), s = probe_at (probe, 0, -h);
  long double ne = probe_at (probe, h, h), sw = probe_at (probe, -h, -h);
  long double nw = probe_at (probe, -h, h), se = probe_at (probe, h, -h);

  d[0] = (e - w) / (2 * h);
  d[1] = (n - s) / (2 * h);
  d[2] = (e - 2 * o + w) / (h * h);
  d[3] = (ne - nw - se + sw) / (4 * h * h);
  d[4] = (n - 2 * o + s) / (h * h);
}

/* The rounding unit of long double as it runs here: valgrind computes it as double. */
static long double
rounding_unit (void)
{
  volatile long double one = 1, unit = 1;

  while (one + unit / 2 > one)
    unit /= 2;
  return unit;
}

/* Two steps of Richardson's extrapolation.  FALSE where the differences themselves do not agree to the
 * accuracy that is asked of the formula.  `noise` is what rounding does to them. */
static gboolean
extrapolate (Probe *probe, long double *d, long double *scale, long double *noise)
{
  const long double h = 1.0L / 512;
  long double a[5], b[5], c[5];

  difference (probe, h, a);
  difference (probe, h / 2, b);
  difference (probe, h / 4, c);
  *scale = 1;
  *noise = 16 * rounding_unit () * probe->largest / (h / 4 * h / 4);
  for (int k = 0; k < 5; k++) {
    long double ab = (4 * b[k] - a[k]) / 3, bc = (4 * c[k] - b[k]) / 3;
    d[k] = (16 * bc - ab) / 15;
    *scale = fmaxl (*scale, fabsl (d[k]));
    if (!isfinite (d[k]) || fabsl (d[k] - bc) > 1e-7L * fmaxl (fabsl (d[k]), 1e-3L) + *noise)
      probe->smooth = FALSE;
  }
  return probe->smooth && probe->largest < 1e4L;
}

/* 1 where the formula was checked at this point, 0 where differences cannot tell. */
static int
check_tree (const Tree *tree, const TwExpression *expression, const char *text, double x, double y)
{
  const double xy[] = { x, y };
  Probe probe = { .tree = tree, .x = x, .y = y, .sides = G_MAXUINT64, .smooth = TRUE };
  long double d[5], scale, noise;
  double value, found[5];

  tw_expression_eval (expression, 1, xy, &value, found, found + 2);
  if (!extrapolate (&probe, d, &scale, &noise))
    return 0;
  long double expected = probe_at (&probe, 0, 0);
  if (!(fabsl (value - expected) <= 1e-11L * fmaxl (1, probe.largest)))
    g_error ("%s at %.17g, %.17g is %.17g, not %.17Lg", text, x, y, value, expected);
  for (int k = 0; k < 5; k++)
    if (!(fabsl (found[k] - d[k]) <= 1e-6L * fmaxl (fabsl (d[k]), 1e-3L * scale) + noise))
      g_error ("%s at %.17g, %.17g: derivative %d is %.17g, not %.17Lg", text, x, y, k, found[k], d[k]);
  return 1;
}

static void
test_random_formulas (void)
{
  enum { FORMULAS = 3200, POINTS = 3, AT_LEAST = 2000 };
  guint n_checked = 0;

  for (guint i = 0; i < FORMULAS; i++) {
    Dice dice = { .draw = { tw_random_stream (7, TW_STREAM_PROBLEM, i), 0 } };
    Tree *tree = grow (&dice, 1 + (int)roll (&dice, 4));
    g_autoptr (GString) text = g_string_new (NULL);
    write_tree (tree, 0, text);
    g_autoptr (GError) error = NULL;
    g_autoptr (TwExpression) expression = tw_expression_parse (text->str, NULL, &error);
    g_assert_no_error (error);
    int checked = 0;
    for (int k = 0; k < POINTS; k++) {
      double x = -2 + 4 * tw_random_uniform (dice.draw, dice.index++),
             y = -2 + 4 * tw_random_uniform (dice.draw, dice.index++);
      checked |= check_tree (tree, expression, text->str, x, y);
    }
    n_checked += (guint)checked;
    tree_free (tree);
  }
  g_test_message ("%u of %u random formulas checked", n_checked, FORMULAS);
  g_assert_cmpuint (n_checked, >=, AT_LEAST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formulas/random", test_random_formulas);
  return g_test_run ();
}
