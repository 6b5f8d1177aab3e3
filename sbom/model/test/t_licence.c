/* licence: expressions are cut at outer ANDs and put together sorted. */
#include "sbom/model/licence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Expressions separated by ';' and what becomes of them. */
static void check(const char *given, const char *expected)
{
	struct str rest = str_of(given), one;
	struct licence_set set = {0};
	struct err e = {0};
	char text[400];
	struct buf b = buf_fixed(text, sizeof(text));

	while (str_cut(&rest, ';', &one))
		assert_int_equal(licence_add(&set, one, &e), 0);
	licence_write(&set, &b);
	assert_string_equal(buf_cstr(&b), expected);
}

static void test_put_together(void **state)
{
	(void)state;
	check("MIT", "MIT");
	check("MIT;Apache-2.0;MIT", "Apache-2.0 AND MIT");
	check("MIT AND BSD-3-Clause;BSD-3-Clause", "BSD-3-Clause AND MIT");
	check("GPL-2.0-only OR MIT", "GPL-2.0-only OR MIT");
	check("GPL-2.0-only OR MIT;Zlib", "(GPL-2.0-only OR MIT) AND Zlib");
	check("A AND B OR C;D", "(A AND B OR C) AND D");
	check("(A OR B) AND C", "(A OR B) AND C");
	check("B AND (C OR D);C OR D;A", "A AND B AND (C OR D)");
	check("((A OR B))", "A OR B");
	check("(A OR B) AND (C OR D)", "(A OR B) AND (C OR D)");
	check("GPL-3.0-or-later WITH GCC-exception-3.1;MIT",
		"GPL-3.0-or-later WITH GCC-exception-3.1 AND MIT");
	check("", "NOASSERTION");
	check("NOASSERTION;MIT", "MIT");
}

static void test_marks_unknown(void **state)
{
	struct licence_set set = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(licence_add(&set, STR("MIT"), &e), 0);
	assert_false(set.has_unknown);
	assert_int_equal(licence_add(&set, STR("NOASSERTION"), &e), 0);
	assert_true(set.has_unknown);
	assert_int_equal(set.n, 1);
}

static void test_limit(void **state)
{
	struct licence_set set = {0};
	struct err e = {0};
	char name[LICENCE_PARTS_MAX + 1];

	(void)state;
	for (size_t i = 0; i <= LICENCE_PARTS_MAX; i++)
		name[i] = 'x';
	for (size_t i = 1; i <= LICENCE_PARTS_MAX; i++)
		assert_int_equal(
			licence_add(&set, (struct str){name, i}, &e), 0);
	assert_int_equal(licence_add(&set, STR("y"), &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_together),
		cmocka_unit_test(test_marks_unknown),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
