/* Formulas: what they mean, where errors point, and the same bits in blocks of any length. */
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
  g_test_add_func ("/expression/blocks", test_blocks);
  return g_test_run ();
}
