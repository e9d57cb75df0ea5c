/* parser.c: reads a formula by recursive descent; every error knows its column.
 *
 *   sum     = product { ("+" | "-") product }
 *   product = signed { ("*" | "/") signed }
 *   signed  = ("+" | "-") signed | power
 *   power   = primary [ "^" signed ]
 *   primary = number | name | name "(" sum { "," sum } ")" | "(" sum ")"
 */
#include "core/expression/expression-private.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/spec.h"

#define LONGEST 4096 /* characters */
#define DEEPEST 200  /* of parentheses, signs and powers within each other; bounds the stack */

typedef struct {
  const char *text; /* valid UTF-8 */
  const char *at;
  int depth;
  TwProgram *program;
  const char *wrong; /* where the error is, NULL while there is none */
  GError *error;
} Parser;

typedef struct {
  const char *name;
  TwOp op;
  gboolean several; /* of two arguments or more */
} Function;

static const Function functions[] = {
  { "sin", TW_OP_SIN, FALSE },   { "cos", TW_OP_COS, FALSE },   { "tan", TW_OP_TAN, FALSE },
  { "asin", TW_OP_ASIN, FALSE }, { "acos", TW_OP_ACOS, FALSE }, { "atan", TW_OP_ATAN, FALSE },
  { "sinh", TW_OP_SINH, FALSE }, { "cosh", TW_OP_COSH, FALSE }, { "tanh", TW_OP_TANH, FALSE },
  { "exp", TW_OP_EXP, FALSE },   { "log", TW_OP_LOG, FALSE },   { "sqrt", TW_OP_SQRT, FALSE },
  { "abs", TW_OP_ABS, FALSE },   { "min", TW_OP_MIN, TRUE },    { "max", TW_OP_MAX, TRUE },
};

static const char *const names[] = { "sin",  "cos",  "tan", "asin", "acos", "atan", "sinh",
                                     "cosh", "tanh", "exp", "log",  "sqrt", "abs",  "min",
                                     "max",  "pi",   "e",   "x",    "y",    NULL };

/* What other notations call them. */
static const struct {
  const char *name, *ours;
} elsewhere[] = {
  { "ln", "log" },   { "arcsin", "asin" }, { "arccos", "acos" }, { "arctan", "atan" }, { "tg", "tan" },
  { "fabs", "abs" }, { "pow", "^" },       { "power", "^" },     { "x1", "x" },        { "x2", "y" },
};

static int parse_sum (Parser *parser);

static void
skip_space (Parser *parser)
{
  while (g_ascii_isspace (*parser->at))
    parser->at++;
}

static guint
column_of (const Parser *parser, const char *place)
{
  return (guint)g_utf8_pointer_to_offset (parser->text, place) + 1;
}

/* Only the first error counts.  Returns a node, so that callers can return it. */
static int G_GNUC_PRINTF (3, 4) fail (Parser *parser, const char *place, const char *format, ...)
{
  va_list args;

  if (parser->wrong != NULL)
    return 0;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  parser->wrong = place;
  parser->error = g_error_new (TW_ERROR, TW_ERROR_INPUT, "column %u: %s", column_of (parser, place), message);
  return 0;
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

static const char *
number_end (const char *at)
{
  const char *end = at;

  while (g_ascii_isdigit (*end))
    end++;
  if (*end == '.')
    end++;
  while (g_ascii_isdigit (*end))
    end++;
  if (*end == 'e' || *end == 'E') {
    const char *exponent = end + 1;
    if (*exponent == '+' || *exponent == '-')
      exponent++;
    if (g_ascii_isdigit (*exponent))
      for (end = exponent; g_ascii_isdigit (*end);)
        end++;
  }
  return end;
}

/* "but found "foo"" for what stands at `parser->at`: a word, a number or one character. */
static char *
describe (const Parser *parser)
{
  const char *at = parser->at, *end = at;

  if (*at == '\0')
    return g_strdup (column_of (parser, at) == 1 ? "but the formula is empty" : "but the formula ends");
  if (g_ascii_isdigit (*at) || (*at == '.' && g_ascii_isdigit (at[1])))
    end = number_end (at);
  else
    while (is_name_char (*end))
      end++;
  if (end == at) {
    gunichar c = g_utf8_get_char (at);
    if (!g_unichar_isprint (c))
      return g_strdup_printf ("but found the character U+%04X", (guint)c);
    end = g_utf8_next_char (at);
  }
  return g_strdup_printf ("but found \"%.*s\"", (int)MIN (end - at, 40), at);
}

static int
expected (Parser *parser, const char *what)
{
  g_autofree char *found = describe (parser);

  return fail (parser, parser->at, "expected %s, %s", what, found);
}

static int
parse_number (Parser *parser)
{
  const char *end = number_end (parser->at);
  g_autofree char *digits = g_strndup (parser->at, (gsize)(end - parser->at));
  double value = g_ascii_strtod (digits, NULL);

  if (!isfinite (value))
    return fail (parser, parser->at, "expected a number below 1.8e308, but found \"%.40s\"", digits);
  parser->at = end;
  return tw_program_constant (parser->program, value);
}

static int
unknown_name (Parser *parser, const char *place, const char *name)
{
  const char *near = tw_closest_name (name, names);
  gsize n_xy = strspn (name, "xy");

  if (near != NULL && strlen (name) == 1 && g_ascii_strcasecmp (near, name) != 0)
    near = NULL; /* any letter is one change away from x */
  for (gsize i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    if (g_ascii_strcasecmp (name, elsewhere[i].name) == 0)
      near = elsewhere[i].ours;
  if (name[n_xy] == '\0')
    return fail (parser, place, "expected * between the variables in \"%.40s\"", name);
  if (near != NULL)
    return fail (parser, place, "expected a variable or a function, but found \"%.40s\"; did you mean %s?",
                 name, near);
  return fail (parser, place, "expected x, y, pi, e or a function, but found \"%.40s\"", name);
}

/* After the name: the arguments in parentheses. */
static int
parse_call (Parser *parser, const Function *function)
{
  g_autofree char *opening = g_strdup_printf ("( after %s", function->name);
  int node;
  guint n = 1;

  skip_space (parser);
  if (*parser->at != '(')
    return expected (parser, opening);
  parser->at++;
  node = parse_sum (parser);
  while (parser->wrong == NULL && function->several && *parser->at == ',') {
    parser->at++;
    int next = parse_sum (parser);
    if (parser->wrong == NULL)
      node = tw_program_binary (parser->program, function->op, node, next);
    n++;
  }
  if (parser->wrong != NULL)
    return 0;
  if (function->several && n == 1) {
    g_autofree char *more =
      g_strdup_printf ("an operator or a comma (%s takes two arguments)", function->name);
    return expected (parser, more);
  }
  if (*parser->at != ')') {
    g_autofree char *closing =
      g_strdup_printf ("an operator or ) after the argument%s of %s", n > 1 ? "s" : "", function->name);
    return expected (parser, closing);
  }
  parser->at++;
  return function->several ? node : tw_program_unary (parser->program, function->op, node);
}

static int
parse_name (Parser *parser)
{
  const char *place = parser->at;

  while (is_name_char (*parser->at))
    parser->at++;
  g_autofree char *name = g_strndup (place, (gsize)(parser->at - place));
  if (g_str_equal (name, "x"))
    return tw_program_variable (parser->program, TW_OP_X);
  if (g_str_equal (name, "y"))
    return tw_program_variable (parser->program, TW_OP_Y);
  if (g_str_equal (name, "pi"))
    return tw_program_constant (parser->program, G_PI);
  if (g_str_equal (name, "e"))
    return tw_program_constant (parser->program, G_E);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (name, functions[i].name))
      return parse_call (parser, &functions[i]);
  return unknown_name (parser, place, name);
}

static int
parse_primary (Parser *parser)
{
  const char *place = parser->at;

  if (g_ascii_isdigit (*place) || (*place == '.' && g_ascii_isdigit (place[1])))
    return parse_number (parser);
  if (is_name_char (*place))
    return parse_name (parser);
  if (*place != '(')
    return expected (parser, "a number, x, y, ( or a function");

  parser->at++;
  int node = parse_sum (parser);
  if (parser->wrong == NULL && *parser->at != ')') {
    g_autofree char *closing =
      g_strdup_printf ("an operator or ) to match the ( in column %u", column_of (parser, place));
    return expected (parser, closing);
  }
  if (parser->wrong == NULL)
    parser->at++;
  return node;
}

/* Signs and powers; every recursion of the grammar passes here, so this is where its depth is counted. */
static int
parse_signed (Parser *parser)
{
  int node;

  skip_space (parser);
  if (++parser->depth > DEEPEST)
    return fail (parser, parser->at, "expected less than %d parentheses, signs and powers within each other",
                 DEEPEST);
  if (*parser->at == '+' || *parser->at == '-') {
    gboolean negative = *parser->at++ == '-';
    node = parse_signed (parser);
    if (negative && parser->wrong == NULL)
      node = tw_program_unary (parser->program, TW_OP_NEGATE, node);
  } else {
    node = parse_primary (parser);
    skip_space (parser);
    if (parser->wrong == NULL && *parser->at == '^') {
      parser->at++;
      int exponent = parse_signed (parser);
      if (parser->wrong == NULL)
        node = tw_program_binary (parser->program, TW_OP_POW, node, exponent);
    }
  }
  parser->depth--;
  skip_space (parser);
  return parser->wrong == NULL ? node : 0;
}

static int
parse_product (Parser *parser)
{
  int node = parse_signed (parser);

  while (parser->wrong == NULL && (*parser->at == '*' || *parser->at == '/')) {
    TwOp op = *parser->at++ == '*' ? TW_OP_MUL : TW_OP_DIV;
    if (*parser->at == '*' && op == TW_OP_MUL)
      return expected (parser, "a number, x, y, ( or a function after * (a power is written ^)");
    int next = parse_signed (parser);
    if (parser->wrong == NULL)
      node = tw_program_binary (parser->program, op, node, next);
  }
  return node;
}

static int
parse_sum (Parser *parser)
{
  int node = parse_product (parser);

  while (parser->wrong == NULL && (*parser->at == '+' || *parser->at == '-')) {
    TwOp op = *parser->at++ == '+' ? TW_OP_ADD : TW_OP_SUB;
    int next = parse_product (parser);
    if (parser->wrong == NULL)
      node = tw_program_binary (parser->program, op, node, next);
  }
  return node;
}

static TwExpression *
parse_all (Parser *parser)
{
  TwExpression *expression = NULL;
  int root;

  if (g_utf8_strlen (parser->text, -1) > LONGEST) {
    fail (parser, g_utf8_offset_to_pointer (parser->text, LONGEST),
          "expected a formula of at most %d characters", LONGEST);
    return NULL;
  }
  root = parse_sum (parser);
  if (parser->wrong == NULL && *parser->at != '\0') {
    if (*parser->at == ')')
      fail (parser, parser->at, "expected an operator or the end, but found \")\" without a ( before it");
    else
      expected (parser, "an operator such as * or the end of the formula");
  }
  if (parser->wrong == NULL) {
    if (!parser->program->full)
      expression = tw_program_finish (parser->program, root);
    if (expression == NULL)
      fail (parser, parser->text, "the formula is too long: expected fewer operations");
  }
  return expression;
}

TwExpression *
tw_expression_parse (const char *text, guint *column, GError **error)
{
  g_autofree TwProgram *program = g_new (TwProgram, 1);
  const char *invalid = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  program->n = 0;
  program->full = FALSE;
  if (column != NULL)
    *column = 0;
  if (!g_utf8_validate (text, -1, &invalid)) {
    guint place = (guint)g_utf8_pointer_to_offset (text, invalid) + 1;
    if (column != NULL)
      *column = place;
    g_set_error (error, TW_ERROR, TW_ERROR_INPUT, "column %u: expected UTF-8 text", place);
    return NULL;
  }

  Parser parser = { .text = text, .at = text, .program = program };
  TwExpression *expression = parse_all (&parser);
  if (parser.wrong != NULL) {
    if (column != NULL)
      *column = column_of (&parser, parser.wrong);
    g_propagate_error (error, parser.error);
  }
  return expression;
}
