/* judge: which licences one program may have together, and what follows. */
#include "sbom/licence/judge.h"

#include "sbom/licence/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PARTS = 6 };

static struct judgement judge_of(const char *const text[PARTS])
{
	static struct expression x[PARTS];
	const struct expression *list[PARTS];
	struct judgement j;
	size_t n = 0;

	for (; n < PARTS && text[n] != NULL; n++) {
		struct err e = {0};

		if (expression_parse(str_of(text[n]), &x[n], &e) < 0)
			fail_msg("%s", e.text);
		list[n] = &x[n];
	}
	judge(list, n, &j);
	return j;
}

#define UNDER(...) judge_of((const char *const[PARTS]){__VA_ARGS__}).under

static void test_least_demanding_whole(void **state)
{
	(void)state;
	assert_int_equal(UNDER(NULL), UNDER_OWN);
	assert_int_equal(UNDER("MIT", "Apache-2.0", "Zlib"), UNDER_OWN);
	assert_int_equal(UNDER("MIT", "LGPL-2.1-only", "MPL-2.0"), UNDER_OWN);
	assert_int_equal(UNDER("MIT", "GPL-2.0-only"), UNDER_GPL2);
	assert_int_equal(UNDER("MIT", "GPL-2.0-or-later"), UNDER_GPL2);
	assert_int_equal(UNDER("GPL-2.0", "LGPL-2.1+"), UNDER_GPL2);
	assert_int_equal(UNDER("GPL-2.0-or-later", "Apache-2.0"), UNDER_GPL3);
	assert_int_equal(UNDER("GPL-3.0-only", "AGPL-3.0-only"), UNDER_AGPL3);
}

static void test_an_or_gives_a_way_out(void **state)
{
	(void)state;
	/* CRIU with mbedTLS */
	assert_int_equal(
		UNDER("GPL-2.0-only", "Apache-2.0 OR GPL-2.0-or-later"),
		UNDER_GPL2);
	assert_int_equal(
		UNDER("MIT", "BSD-3-Clause OR GPL-2.0-only"), UNDER_OWN);
	assert_int_equal(
		UNDER("GPL-2.0-only", "Apache-2.0 WITH LLVM-exception"),
		UNDER_GPL2);
	assert_int_equal(UNDER("GPL-2.0-only",
				 "GPL-3.0-or-later WITH GCC-exception-3.1"),
		UNDER_GPL2);
	/* an exception that nobody knows permits nothing */
	assert_int_equal(
		UNDER("GPL-2.0-only", "GPL-3.0-or-later WITH other-exception"),
		0);
}

static void test_conflict_names_its_parts(void **state)
{
	struct judgement j;

	(void)state;
	j = judge_of((const char *const[PARTS]){
		"MIT", "GPL-2.0-only", "Zlib", "Apache-2.0", "LGPL-2.1-only"});
	assert_int_equal(j.under, 0);
	assert_int_equal(j.n_conflict, 2);
	assert_int_equal(j.conflict[0], 1);
	assert_int_equal(j.conflict[1], 3);
	/* no two of these exclude each other */
	j = judge_of((const char *const[PARTS]){
		"EPL-2.0 OR GPL-2.0-only", "Apache-2.0", "GPL-2.0-or-later"});
	assert_int_equal(j.under, 0);
	assert_int_equal(j.n_conflict, 3);
	assert_int_equal(UNDER("GPL-2.0-only", "GPL-3.0-only"), 0);
	assert_int_equal(UNDER("GPL-2.0-only", "LGPL-3.0-or-later"), 0);
	assert_int_equal(UNDER("GPL-3.0-only", "BSD-4-Clause"), 0);
	assert_int_equal(UNDER("GPL-2.0-only", "OpenSSL"), 0);
}

static void test_choice_follows_the_whole(void **state)
{
	bool chosen[EXPRESSION_NODES_MAX];
	struct expression x;

	(void)state;
	assert_int_equal(expression_parse(STR("Apache-2.0 OR GPL-2.0-or-later"),
				 &x, NULL),
		0);
	judge_choose(&x, UNDER_OWN, chosen);
	assert_true(chosen[0] && !chosen[1]);
	judge_choose(&x, UNDER_GPL2, chosen);
	assert_true(!chosen[0] && chosen[1]);
	judge_choose(&x, 0, chosen);
	assert_true(chosen[0] && chosen[1]);
}

static void test_duties(void **state)
{
	(void)state;
	assert_int_equal(rule_of(STR("MIT"), STR("")).duties, DUTY_NOTICE);
	assert_int_equal(rule_of(STR("0BSD"), STR("")).duties, 0);
	assert_int_equal(rule_of(STR("GPL-2.0+"), STR("")).duties,
		DUTY_NOTICE | DUTY_SOURCE);
	assert_int_equal(rule_of(STR("LGPL-2.1-only"), STR("")).duties,
		DUTY_NOTICE | DUTY_SOURCE | DUTY_RELINK);
	assert_int_equal(
		rule_of(STR("GPL-3.0-or-later"), STR("GCC-exception-3.1"))
			.duties,
		0);
	assert_string_equal(
		rule_of(STR("GPL-2.0-or-later"), STR("")).text, "GPL-2");
	assert_false(rule_of(STR("NOASSERTION"), STR("")).is_known);
	assert_false(rule_of(STR("LicenseRef-x"), STR("")).is_known);
	assert_null(rule_whole_name(UNDER_OWN));
	assert_string_equal(rule_whole_name(UNDER_GPL2), "GPL-2.0-only");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_demanding_whole),
		cmocka_unit_test(test_an_or_gives_a_way_out),
		cmocka_unit_test(test_conflict_names_its_parts),
		cmocka_unit_test(test_choice_follows_the_whole),
		cmocka_unit_test(test_duties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
