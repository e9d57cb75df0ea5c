/* Formulas: what they mean, where errors point, and that derivatives are those of an independent evaluation.
 */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/expression/expression.h"
#include "core/random.h"

static TwExpression *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  guint column = 99;
  TwExpression *expression = tw_expression_parse (text, &column, &error);

  g_assert_no_error (error);
  g_assert_nonnull (expression);
  g_assert_cmpuint (column, ==, 0);
  return expression;
}

static double
value_at (const char *text, double x, double y)
{
  g_autoptr (TwExpression) expression = parse (text);
  const double xy[] = { x, y };
  double value;

  tw_expression_eval (expression, 1, xy, &value, NULL, NULL);
  return value;
}

static gboolean
same (double a, double b)
{
  return memcmp (&a, &b, sizeof a) == 0 || (isnan (a) && isnan (b));
}

static void
test_values (void)
{
  static const struct {
    const char *text;
    double value; /* at x = 3, y = -2 */
  } rows[] = {
    { "x", 3 },
    { "y", -2 },
    { "42", 42 },
    { ".5", 0.5 },
    { "2.", 2 },
    { "1e-3", 1e-3 },
    { "1.5E+2", 150 },
    { "2*e", 2 * G_E },
    { "pi", G_PI },
    { " x\t+\n1 ", 4 },
    { "-x^2", -9 },
    { "(-x)^2", 9 },
    { "2^-1", 0.5 },
    { "2^3^2", 512 },
    { "(2^3)^2", 64 },
    { "2^-x", 0.125 },
    { "-2^-2", -0.25 },
    { "x-1-1", 1 },
    { "x-(1-1)", 3 },
    { "12/2/3", 2 },
    { "12/2*3", 18 },
    { "1+2*3^2", 19 },
    { "-x*y", 6 },
    { "x*-y", 6 },
    { "--x", 3 },
    { "---x", -3 },
    { "+x", 3 },
    { "2--x", 5 },
    { "2+-x", -1 },
    { "x/4", 0.75 },
    { "x/3", 1 },
    { "6/x", 2 },
    { "x/1", 3 },
    { "y/x", -2.0 / 3.0 },
    { "1-x", -2 },
    { "x-1", 2 },
    { "1+x", 4 },
    { "x+0", 3 },
    { "1*x", 3 },
    { "-1*x", -3 },
    { "-(2*x)", -6 },
    { "x*x", 9 },
    { "x*y", -6 },
    { "y^0", 1 },
    { "y^1", -2 },
    { "y^2", 4 },
    { "y^3", -8 },
    { "y^5", -32 },
    { "y^10", 1024 },
    { "y^32", 4294967296.0 },
    { "y^-1", -0.5 },
    { "y^-3", -0.125 },
    { "y^33", -8589934592.0 },
    { "y^-40", 0x1p-40 },
    { "(x*x)^0.5", 3 },
    { "x^1.5", 5.196152422706632 },
    { "x^y", 1.0 / 9.0 },
    { "2^x", 8 },
    { "e^0", 1 },
    { "e^(0*x)", 1 },
    { "e^x", 20.085536923187668 },
    { "abs(y)", 2 },
    { "min(x,y)", -2 },
    { "max(x,y)", 3 },
    { "min(x, 1, y, 0)", -2 },
    { "max(1, 2)", 2 },
    { "sqrt(x*3)", 3 },
    { "exp(x)", 20.085536923187668 },
    { "log(e)", 1 },
    { "log(x)", 1.0986122886681098 },
    { "sin(x)", 0.14112000805986722 },
    { "cos(x)", -0.98999249660044542 },
    { "tan(x)", -0.14254654307427780 },
    { "asin(x/4)", 0.84806207898148101 },
    { "acos(x/4)", 0.72273424781341566 },
    { "atan(x)", 1.2490457723982544 },
    { "sinh(x)", 10.017874927409903 },
    { "cosh(x)", 10.067661995777765 },
    { "tanh(x)", 0.99505475368673046 },
    { "sin(pi/6)", 0.49999999999999994 },
    { "2 ^ 3 ^ 0", 2 },
    { "0^0", 1 },
    { "(x-3)^0", 1 },
    { "(x-3)^(y+2)", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    double value = value_at (rows[i].text, 3, -2);
    if (fabs (value - rows[i].value) > 4e-16 * fabs (rows[i].value))
      g_error ("%s is %.17g, not %.17g", rows[i].text, value, rows[i].value);
  }
}

static void
test_domain (void)
{
  g_assert_true (isnan (value_at ("log(x)", -1, 0)));
  g_assert_true (isnan (value_at ("log(-1)", 0, 0)));
  g_assert_true (isnan (value_at ("sqrt(x)", -1, 0)));
  g_assert_true (isnan (value_at ("asin(x)", 2, 0)));
  g_assert_true (isnan (value_at ("x^0.3", -1, 0)));
  g_assert_true (isnan (value_at ("x^y", -1, 0.5)));
  g_assert_true (isnan (value_at ("0/x", 0, 0)));
  g_assert_true (isnan (value_at ("min(x, log(y))", 0, -1)));
  g_assert_true (isnan (value_at ("max(log(y), x)", 0, -1)));
  g_assert_true (isnan (value_at ("abs(x)", NAN, -1)));
  g_assert_true (value_at ("1/0", 0, 0) == INFINITY);
  g_assert_true (value_at ("1/x", 0, 0) == INFINITY);
  g_assert_true (value_at ("-1/x", 0, 0) == -INFINITY);
  g_assert_true (value_at ("log(x)", 0, 0) == -INFINITY);
  g_assert_true (value_at ("exp(x)", 1000, 0) == INFINITY);
  g_assert_true (value_at ("x^y", -2, 3) == -8);
  g_assert_true (value_at ("x*1e308*10", 1, 0) == INFINITY);
}

/* Gradient (x, y) and Hessian (xx, xy, yy) where a function has a corner, an edge or a tip. */
static void
test_conventions (void)
{
  static const struct {
    const char *text;
    double x, y, expected[5];
  } rows[] = {
    { "abs(x)", 0, 1, { 0, 0, 0, 0, 0 } },
    { "abs(x)", -2, 1, { -1, 0, 0, 0, 0 } },
    { "abs(x*y)", -2, 1, { -1, 2, 0, -1, 0 } },
    { "sqrt(x)", 0, 1, { INFINITY, 0, -INFINITY, 0, 0 } },
    { "sqrt(-x)", 0, 1, { -INFINITY, 0, -INFINITY, 0, 0 } },
    { "sqrt(x^2 + y^2)", 0, 0, { 0, 0, INFINITY, 0, INFINITY } },
    { "x*sqrt(y)", 0, 0, { 0, 0, 0, INFINITY, 0 } },
    { "log(x)", -1, 0, { NAN, 0, NAN, 0, 0 } },
    { "min(x, y)", 1, 1, { 1, 0, 0, 0, 0 } },
    { "max(y, x)", 1, 1, { 0, 1, 0, 0, 0 } },
    { "max(x^2, y)", 1, 2, { 0, 1, 0, 0, 0 } },
    { "max(x^2, y)", 2, 2, { 4, 0, 2, 0, 0 } },
    { "x^y", 0, 2, { 0, 0, 2, 0, 0 } },
    { "x^0.5", 4, 0, { 0.25, 0, -1.0 / 32, 0, 0 } },
    { "x^2.5", 0, 0, { 0, 0, 0, 0, 0 } },
    { "1/x", 2, 0, { -0.25, 0, 0.25, 0, 0 } },
    { "7", 2, 0, { 0, 0, 0, 0, 0 } },
    { "3*x - y", 2, 0, { 3, -1, 0, 0, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (TwExpression) expression = parse (rows[i].text);
    const double xy[] = { rows[i].x, rows[i].y };
    double d[5];
    tw_expression_eval (expression, 1, xy, NULL, d, d + 2);
    for (int k = 0; k < 5; k++)
      if (!(d[k] == rows[i].expected[k]) && !(isnan (d[k]) && isnan (rows[i].expected[k])))
        g_error ("%s at %g, %g: derivative %d is %g, not %g", rows[i].text, rows[i].x, rows[i].y, k, d[k],
                 rows[i].expected[k]);
  }
}

static void
check_error (const char *text, guint column, const char *part)
{
  g_autoptr (GError) error = NULL;
  guint at = 0;
  TwExpression *expression = tw_expression_parse (text, &at, &error);
  g_autofree char *head = g_strdup_printf ("column %u: ", column);

  if (expression != NULL)
    g_error ("\"%.60s\" was taken for a formula", text);
  g_assert_error (error, TW_ERROR, TW_ERROR_INPUT);
  if (at != column || !g_str_has_prefix (error->message, head) || strstr (error->message, part) == NULL)
    g_error ("\"%.60s\": expected column %u and \"%s\", but got %u and \"%s\"", text, column, part, at,
             error->message);
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_errors (void)
{
  static const struct {
    const char *text;
    guint column;
    const char *part;
  } rows[] = {
    { "", 1, "expected a number, x, y, ( or a function, but the formula is empty" },
    { "   ", 4, "but the formula ends" },
    { "x + 2*", 7, "expected a number, x, y, ( or a function, but the formula ends" },
    { "x +", 4, "but the formula ends" },
    { "*x", 1, "but found \"*\"" },
    { "x + * y", 5, "but found \"*\"" },
    { "x ** 2", 4, "a power is written ^" },
    { "x ^", 4, "but the formula ends" },
    { "x ^ )", 5, "but found \")\"" },
    { "(x", 3, "to match the ( in column 1" },
    { "2*(x + (y - 1)", 15, "to match the ( in column 3" },
    { "x)", 2, "without a ( before it" },
    { "()", 2, "but found \")\"" },
    { "2 x", 3, "expected an operator such as * or the end of the formula, but found \"x\"" },
    { "2x", 2, "but found \"x\"" },
    { "2e", 2, "but found \"e\"" },
    { "1..2", 3, "but found \".2\"" },
    { ".", 1, "but found \".\"" },
    { "1e999", 1, "1.8e308" },
    { "0x10", 2, "but found \"x10\"" },
    { "xy", 1, "expected * between the variables" },
    { "x y", 3, "but found \"y\"" },
    { "z", 1, "expected x, y, pi, e or a function, but found \"z\"" },
    { "X + 1", 1, "did you mean x?" },
    { "1 + foo(x)", 5, "but found \"foo\"" },
    { "Sin(x)", 1, "did you mean sin?" },
    { "sine(x)", 1, "did you mean sin?" },
    { "sqr(x)", 1, "did you mean sqrt?" },
    { "ln(x)", 1, "did you mean log?" },
    { "arctan(x)", 1, "did you mean atan?" },
    { "pow(x, 2)", 1, "did you mean ^?" },
    { "x1^2", 1, "did you mean x?" },
    { "sin x", 5, "expected ( after sin, but found \"x\"" },
    { "sin", 4, "expected ( after sin, but the formula ends" },
    { "sin()", 5, "but found \")\"" },
    { "sin(x, y)", 6, "after the argument of sin, but found \",\"" },
    { "sin(x", 6, "after the argument of sin, but the formula ends" },
    { "min(x)", 6, "min takes two arguments" },
    { "max(x,)", 7, "but found \")\"" },
    { "max(x, y", 9, "after the arguments of max" },
    { "max(,x)", 5, "but found \",\"" },
    { "x, y", 2, "but found \",\"" },
    { "x = y", 3, "but found \"=\"" },
    { "x + y;", 6, "but found \";\"" },
    { "x \xc3\x97 y", 3, "but found \"\xc3\x97\"" },
    { "\xcf\x80*x", 1, "but found \"\xcf\x80\"" },
    { "x + \xc2\xb2 + ", 5, "but found \"\xc2\xb2\"" },
    { "\xc3\xa9 + \xc3\xa9", 1, "but found \"\xc3\xa9\"" },
    { "(\xc3\xa9", 2, "but found" },
    { "x + \x01", 5, "U+0001" },
    { "x + \xff", 5, "expected UTF-8 text" },
    { "nan", 1, "but found \"nan\"" },
    { "inf", 1, "but found \"inf\"" },
    { "-", 2, "but the formula ends" },
    { "[x]", 1, "but found \"[\"" },
    { "x!", 2, "but found \"!\"" },
    { "3(x)", 2, "but found \"(\"" },
    { "x^^2", 3, "but found \"^\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    check_error (rows[i].text, rows[i].column, rows[i].part);
}

static char *
repeat (const char *part, guint n, const char *middle, const char *end)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, part);
  g_string_append (text, middle);
  for (guint i = 0; i < n; i++)
    g_string_append (text, end);
  return g_string_free (text, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *nested = repeat ("(", 199, "x", ")"), *deeper = repeat ("(", 201, "x", ")");
  g_autofree char *deepest = repeat ("(", 100000, "x", ")"), *open = repeat ("(", 4000, "", "");
  g_autofree char *signs = repeat ("-", 10000, "x", ""), *fewer = repeat ("-", 198, "x", "");
  g_autofree char *powers = repeat ("x^", 2000, "x", ""), *calls = repeat ("sin(", 300, "x", ")");
  g_autofree char *sum = repeat ("x+", 2000, "x", ""), *longer = repeat ("\xc3\xa9", 5000, "", "");
  GString *wide = g_string_new (NULL), *many = g_string_new ("x");

  g_assert_cmpfloat (value_at (nested, 2, 0), ==, 2);
  g_assert_cmpfloat (value_at (fewer, 2, 0), ==, 2);
  check_error (sum, 1, "too long");
  sum[2000] = '\0'; /* after "x+" a thousand times */
  sum[1999] = ' ';
  g_assert_cmpfloat (value_at (sum, 1, 0), ==, 1000);
  check_error (deeper, 201, "expected less than 200 parentheses");
  check_error (deepest, 4097, "at most 4096 characters");
  check_error (open, 201, "expected less than 200");
  check_error (signs, 4097, "at most 4096 characters");
  signs[4000] = '\0';
  check_error (signs, 201, "expected less than 200");
  check_error (powers, 401, "expected less than 200");
  check_error (calls, 801, "expected less than 200");
  check_error (longer, 4097, "at most 4096 characters");

  /* Needs a register for each of 100 values at once, and the same spread out does not. */
  for (int i = 0; i < 100; i++)
    g_string_append_printf (wide, "sin(%d*x)*(", i + 2);
  g_string_append (wide, "x");
  for (int i = 0; i < 100; i++)
    g_string_append (wide, ")");
  check_error (wide->str, 1, "too long");
  for (int i = 0; i < 200; i++)
    g_string_append_printf (many, "+sin(%d*x)", i + 2);
  g_assert_cmpfloat (value_at (many->str, 0, 0), ==, 0);
  g_string_free (wide, TRUE);
  g_string_free (many, TRUE);
  tw_expression_free (NULL);
}

static void
test_sharing (void)
{
  g_autoptr (TwExpression) shared = parse ("sin(x*y) + sin(y*x)^2 + sin(x*y)^3");
  g_autoptr (TwExpression) folded = parse ("x*(2*pi/sqrt(4))");
  g_autoptr (TwExpression) dropped = parse ("y + 1 + x^0");

  g_assert_cmpuint (tw_expression_get_n_steps (shared), ==, 8); /* x y xy sin square cube and two sums */
  g_assert_cmpuint (tw_expression_get_n_steps (folded), ==, 2);
  g_assert_cmpuint (tw_expression_get_n_steps (dropped), ==, 3);
}

/* Random formulas: a tree that is written with as few parentheses as the precedence allows, and evaluated by
 * itself in long double. */
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
    g_autoptr (TwExpression) expression = parse (text->str);
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

/* Every point has the same bits alone, in a block of any length and place, and whatever is asked for with it.
 */
static void
test_blocks (void)
{
  enum { N = 300 };
  static const char *const texts[] = {
    "(1 - x)^2 + 100*(y - x^2)^2",
    "20 - 20*exp(-0.2*sqrt(0.5*(x^2 + y^2))) + e - exp(0.5*(cos(2*pi*x) + cos(2*pi*y)))",
    "sin(x)/cos(y) + x^y + abs(x)^2.5 - min(x*y, 1/x)*max(y, 2 - x)",
    "atan(x)*asin(y/3) + tanh(y)*acos(x/3) + sinh(x) + cosh(y) + tan(x*y) + log(x + 3)/(y - x)",
    "-x/3 + 2/(1 + y^4) - (3 - y) + x^-3",
  };
  double xy[2 * N];
  const TwDraw draw = { 5, 0 };

  for (gsize i = 0; i < 2 * N; i++)
    xy[i] = -3 + 6 * tw_random_uniform (draw, i);
  xy[0] = xy[1] = 0;
  for (gsize t = 0; t < G_N_ELEMENTS (texts); t++) {
    g_autoptr (TwExpression) expression = parse (texts[t]);
    double all[6 * N]; /* value (N), gradient (N, 2), hessian (N, 3) */
    tw_expression_eval (expression, N, xy, all, all + N, all + 3 * N);
    for (gsize length = 1; length <= N; length += length < 20 ? 1 : 37)
      for (gsize at = 0; at + length <= N; at += length) {
        double v[N], plain[N], g[2 * N], g_only[2 * N], h[3 * N];
        tw_expression_eval (expression, length, xy + 2 * at, plain, NULL, NULL);
        tw_expression_eval (expression, length, xy + 2 * at, NULL, g_only, NULL);
        tw_expression_eval (expression, length, xy + 2 * at, v, g, h);
        for (gsize i = 0; i < length; i++) {
          gboolean equal = same (v[i], all[at + i]) && same (plain[i], v[i]);
          for (gsize k = 0; k < 2; k++)
            equal = equal && same (g[2 * i + k], all[N + 2 * (at + i) + k]) &&
                    same (g[2 * i + k], g_only[2 * i + k]);
          for (gsize k = 0; k < 3; k++)
            equal = equal && same (h[3 * i + k], all[3 * N + 3 * (at + i) + k]);
          if (!equal)
            g_error ("%s: other bits at point %" G_GSIZE_FORMAT " of a block of %" G_GSIZE_FORMAT, texts[t],
                     i, length);
        }
      }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expression/values", test_values);
  g_test_add_func ("/expression/domain", test_domain);
  g_test_add_func ("/expression/conventions", test_conventions);
  g_test_add_func ("/expression/errors", test_errors);
  g_test_add_func ("/expression/limits", test_limits);
  g_test_add_func ("/expression/sharing", test_sharing);
  g_test_add_func ("/expression/random-formulas", test_random_formulas);
  g_test_add_func ("/expression/blocks", test_blocks);
  return g_test_run ();
}
