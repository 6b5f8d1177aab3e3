/* expression: what is read of an SPDX expression, and what is refused. */
#include "sbom/licence/expression.h"

#include "lib/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Accepts the licences that a text names, between blanks. */
static bool is_named(void *self, const struct expression_node *x)
{
	struct str rest = str_of(self), word;

	while (str_cut(&rest, ' ', &word))
		if (str_eq(word, x->id))
			return true;
	return false;
}

static bool accepts(const char *text, const char *named)
{
	char memory[100];
	struct expression x;
	struct err e = {0};

	assert_int_equal(str_copy(str_of(named), memory, sizeof(memory)), 0);
	if (expression_parse(str_of(text), &x, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	return expression_accepted(
		&x, &(struct expression_test){is_named, memory});
}

static void test_and_binds_before_or(void **state)
{
	(void)state;
	assert_true(accepts("A", "A"));
	assert_false(accepts("A", "B"));
	assert_true(accepts("A OR B AND C", "A"));
	assert_false(accepts("A OR B AND C", "B"));
	assert_true(accepts("A OR B AND C", "B C"));
	assert_true(accepts("B AND C OR A", "A"));
	assert_false(accepts("(A OR B) AND C", "A"));
	assert_true(accepts("(A OR B) AND C", "B C"));
	assert_true(accepts("((A)) and (B or (C))", "A C"));
}

static void test_exception_belongs_to_its_licence(void **state)
{
	struct expression x;

	(void)state;
	assert_int_equal(
		expression_parse(
			STR("GPL-3.0-or-later WITH GCC-exception-3.1 AND MIT"),
			&x, NULL),
		0);
	assert_int_equal(x.n, 3);
	assert_true(str_is(x.node[0].id, "GPL-3.0-or-later"));
	assert_true(str_is(x.node[0].exception, "GCC-exception-3.1"));
	assert_true(str_is(x.node[1].id, "MIT"));
	assert_int_equal(x.node[1].exception.n, 0);
}

static void chooses(const char *text, const char *named, const char *wanted)
{
	bool chosen[EXPRESSION_NODES_MAX];
	char memory[100], got[100];
	struct buf b = buf_fixed(got, sizeof(got));
	struct expression x;

	assert_int_equal(str_copy(str_of(named), memory, sizeof(memory)), 0);
	assert_int_equal(expression_parse(str_of(text), &x, NULL), 0);
	expression_choose(
		&x, &(struct expression_test){is_named, memory}, chosen);
	for (size_t i = 0; i < x.n; i++)
		if (chosen[i] && x.node[i].kind == EXPRESSION_LICENCE)
			buf_fmt(&b, "%s%.*s", b.n > 0 ? " " : "",
				STR_ARG(x.node[i].id));
	assert_string_equal(buf_cstr(&b), wanted);
}

static void test_one_side_of_or_is_chosen(void **state)
{
	(void)state;
	chooses("A OR B", "A B", "A");
	chooses("A OR B", "B", "B");
	chooses("A OR B", "", "A B");
	chooses("(A OR B) AND (C OR D)", "B C", "B C");
	chooses("A AND B OR C", "C", "C");
}

static void refuses(const char *text, const char *because)
{
	struct expression x;
	struct err e = {0};

	if (expression_parse(str_of(text), &x, &e) == 0)
		fail_msg("\"%s\" was read", text);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\": %s", text, e.text);
}

static void test_faults_are_named(void **state)
{
	(void)state;
	refuses("", "a licence is missing");
	refuses("  ", "a licence is missing");
	refuses("A B", "AND or OR is missing");
	refuses("A AND", "a licence is missing");
	refuses("AND A", "a licence is missing");
	refuses("A OR OR B", "a licence is missing");
	refuses("(A", "a bracket is not closed");
	refuses("A)", "a bracket closes that is not open");
	refuses("()", "a licence is missing");
	refuses("(A AND)", "a licence is missing");
	refuses("A (B)", "AND or OR is missing");
	refuses("A WITH", "an exception is missing");
	refuses("A WITH OR", "an exception is missing");
	refuses("A, B", "a character is not allowed at byte 1");
	refuses("A\nOR B", "a character is not allowed");
}

static void test_limits(void **state)
{
	static char text[EXPRESSION_BYTES_MAX + 2];
	struct buf b = buf_fixed(text, sizeof(text));
	struct expression x;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < EXPRESSION_NODES_MAX; i++)
		buf_text(&b, i > 0 ? " OR A" : "A");
	assert_int_equal(expression_parse(buf_view(&b), &x, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_reset(&b);
	buf_fill(&b, '(', EXPRESSION_BYTES_MAX);
	assert_int_equal(expression_parse(buf_view(&b), &x, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_byte(&b, 'A');
	assert_int_equal(expression_parse(buf_view(&b), &x, &e), -1);
	assert_non_null(strstr(e.text, "longer than"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_and_binds_before_or),
		cmocka_unit_test(test_exception_belongs_to_its_licence),
		cmocka_unit_test(test_one_side_of_or_is_chosen),
		cmocka_unit_test(test_faults_are_named),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
