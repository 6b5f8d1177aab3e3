/*
 * expression - two stacks instead of recursion: operators that wait for their
 * right side, and roots of what is complete (the shunting yard).
 */
#include "sbom/licence/expression.h"

#include <string.h>

/* What is being parsed. */
struct expression_parser {
	struct str text;
	size_t at; /* bytes read */
	struct expression *to;
	uint8_t root[EXPRESSION_NODES_MAX]; /* complete parts */
	size_t n_roots;
	char op[EXPRESSION_NODES_MAX]; /* '(', 'A' or 'O' that wait */
	size_t n_ops;
	bool has_operand; /* a licence or a part in brackets just ended */
};

static int expression_error(
	const struct expression_parser *p, const char *what, struct err *e)
{
	return err_kind(e, ERR_INPUT, "licence \"%.*s\": %s at byte %zu",
		STR_ARG(p->text), what, p->at);
}

static int expression_limit(struct err *e)
{
	return err_kind(e, ERR_LIMIT,
		"a licence expression has more than %d parts",
		EXPRESSION_NODES_MAX);
}

static bool expression_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' ||
	       c == ':';
}

static void expression_skip(struct expression_parser *p)
{
	while (p->at < p->text.n &&
		(p->text.p[p->at] == ' ' || p->text.p[p->at] == '\t'))
		p->at++;
}

/* The word that comes next; empty at the end and before a bracket. */
static struct str expression_peek(struct expression_parser *p)
{
	size_t end;

	expression_skip(p);
	for (end = p->at; end < p->text.n; end++)
		if (!expression_is_word(p->text.p[end]))
			break;
	return str_sub(p->text, p->at, end - p->at);
}

/* ---- the two stacks ---- */

static int expression_add(
	struct expression_parser *p, struct expression_node node, struct err *e)
{
	if (p->to->n == EXPRESSION_NODES_MAX)
		return expression_limit(e);
	p->root[p->n_roots++] = (uint8_t)p->to->n;
	p->to->node[p->to->n++] = node;
	return 0;
}

/* Take the operator on top, and the two parts that it joins. */
static int expression_apply(struct expression_parser *p, struct err *e)
{
	char op = p->op[--p->n_ops];

	p->n_roots -= 2;
	return expression_add(p,
		(struct expression_node){
			.kind = op == 'A' ? EXPRESSION_AND : EXPRESSION_OR,
			.left = p->root[p->n_roots]},
		e);
}

static int expression_push(struct expression_parser *p, char op, struct err *e)
{
	if (p->n_ops == EXPRESSION_NODES_MAX)
		return expression_limit(e);
	p->op[p->n_ops++] = op;
	p->has_operand = false;
	return 0;
}

/* AND first completes ANDs, OR completes both. */
static int expression_operator(
	struct expression_parser *p, char op, struct err *e)
{
	while (p->n_ops > 0 && p->op[p->n_ops - 1] != '(' &&
		(op == 'O' || p->op[p->n_ops - 1] == 'A'))
		if (expression_apply(p, e) < 0)
			return -1;
	return expression_push(p, op, e);
}

static int expression_close(struct expression_parser *p, struct err *e)
{
	if (!p->has_operand)
		return expression_error(p, "a licence is missing", e);
	while (p->n_ops > 0 && p->op[p->n_ops - 1] != '(')
		if (expression_apply(p, e) < 0)
			return -1;
	if (p->n_ops == 0)
		return expression_error(
			p, "a bracket closes that is not open", e);
	p->n_ops--;
	p->at++;
	return 0;
}

/* ---- words ---- */

static bool expression_is(struct str word, const char *upper, const char *lower)
{
	return str_is(word, upper) || str_is(word, lower);
}

static bool expression_is_operator(struct str word)
{
	return expression_is(word, "AND", "and") ||
	       expression_is(word, "OR", "or") ||
	       expression_is(word, "WITH", "with");
}

static int expression_licence(
	struct expression_parser *p, struct str id, struct err *e)
{
	struct expression_node node = {.kind = EXPRESSION_LICENCE, .id = id};

	if (expression_is_operator(id))
		return expression_error(p, "a licence is missing", e);
	p->at += id.n;
	if (expression_is(expression_peek(p), "WITH", "with")) {
		p->at += 4;
		node.exception = expression_peek(p);
		if (node.exception.n == 0 ||
			expression_is_operator(node.exception))
			return expression_error(
				p, "an exception is missing", e);
		p->at += node.exception.n;
	}
	p->has_operand = true;
	return expression_add(p, node, e);
}

static int expression_word(
	struct expression_parser *p, struct str word, struct err *e)
{
	bool is_and = expression_is(word, "AND", "and");

	if (!p->has_operand)
		return expression_licence(p, word, e);
	if (!is_and && !expression_is(word, "OR", "or"))
		return expression_error(p, "AND or OR is missing", e);
	p->at += word.n;
	return expression_operator(p, is_and ? 'A' : 'O', e);
}

static int expression_step(struct expression_parser *p, struct err *e)
{
	struct str word = expression_peek(p);

	if (word.n > 0)
		return expression_word(p, word, e);
	if (p->at == p->text.n)
		return 0;
	if (p->text.p[p->at] == ')')
		return expression_close(p, e);
	if (p->text.p[p->at] != '(')
		return expression_error(p, "a character is not allowed", e);
	if (p->has_operand)
		return expression_error(p, "AND or OR is missing", e);
	p->at++;
	return expression_push(p, '(', e);
}

int expression_parse(struct str text, struct expression *out, struct err *e)
{
	struct expression_parser p = {.text = text, .to = out};

	out->n = 0;
	if (text.n > EXPRESSION_BYTES_MAX)
		return err_kind(e, ERR_LIMIT,
			"a licence expression is longer than %d bytes",
			EXPRESSION_BYTES_MAX);
	while (p.at < text.n)
		if (expression_step(&p, e) < 0)
			return -1;
	if (!p.has_operand)
		return expression_error(&p, "a licence is missing", e);
	while (p.n_ops > 0) {
		if (p.op[p.n_ops - 1] == '(')
			return expression_error(
				&p, "a bracket is not closed", e);
		if (expression_apply(&p, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- what is accepted ---- */

/* Each node after both of its sides. */
static void expression_judge(const struct expression *x,
	const struct expression_test *test, bool ok[EXPRESSION_NODES_MAX])
{
	for (size_t i = 0; i < x->n; i++) {
		const struct expression_node *node = &x->node[i];

		if (node->kind == EXPRESSION_LICENCE)
			ok[i] = test->accepts(test->self, node);
		else if (node->kind == EXPRESSION_AND)
			ok[i] = ok[node->left] && ok[i - 1];
		else
			ok[i] = ok[node->left] || ok[i - 1];
	}
}

bool expression_accepted(
	const struct expression *x, const struct expression_test *test)
{
	bool ok[EXPRESSION_NODES_MAX];

	expression_judge(x, test, ok);
	return ok[x->n - 1];
}

void expression_choose(const struct expression *x,
	const struct expression_test *test, bool chosen[EXPRESSION_NODES_MAX])
{
	bool ok[EXPRESSION_NODES_MAX];

	expression_judge(x, test, ok);
	memset(chosen, 0, EXPRESSION_NODES_MAX * sizeof(*chosen));
	chosen[x->n - 1] = true;
	for (size_t i = x->n; i-- > 0;) {
		const struct expression_node *node = &x->node[i];

		if (!chosen[i] || node->kind == EXPRESSION_LICENCE)
			continue;
		if (node->kind == EXPRESSION_AND || ok[node->left] ||
			!ok[i - 1])
			chosen[node->left] = true;
		if (node->kind == EXPRESSION_AND || !ok[node->left])
			chosen[i - 1] = true;
	}
}
