/* Unit tests of lib/base/pem. */
#include "lib/base/pem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int next(struct str *text, struct str *label, struct buf *der)
{
	struct err e = {0};

	return pem_next(text, label, der, &e);
}

static void blocks_come_in_order(void **state)
{
	struct str text = STR("a comment\n-----BEGIN A-----\r\nZm9v\r\n"
			      "-----END A-----\r\n# more\n"
			      "-----BEGIN B C-----\nYm\nFy\n-----END B C-----");
	struct str label;
	char room[16];
	struct buf der = buf_fixed(room, sizeof(room));

	(void)state;
	assert_int_equal(pem_count(text), 2);
	assert_int_equal(next(&text, &label, &der), 1);
	assert_true(str_is(label, "A"));
	assert_string_equal(buf_cstr(&der), "foo");
	assert_int_equal(next(&text, &label, &der), 1);
	assert_true(str_is(label, "B C"));
	assert_string_equal(buf_cstr(&der), "bar");
	assert_int_equal(next(&text, &label, &der), 0);
}

static void broken_blocks_are_refused(void **state)
{
	static const char *const bad[] = {
		"-----BEGIN A-----\nZm9v\n",
		"-----BEGIN A-----\nZm9v\n-----END B-----\n",
		"-----BEGIN A-----\nDEK-Info: x\n-----END A-----\n",
		"-----BEGIN A-----\nZm9\n-----END A-----\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct str text = str_of(bad[i]), label;
		char room[16];
		struct buf der = buf_fixed(room, sizeof(room));

		assert_int_equal(next(&text, &label, &der), -1);
	}
}

static void no_boundary_is_no_block(void **state)
{
	static const char *const none[] = {"", "\n\n", "-----BEGIN -----x",
		"x-----BEGIN A-----\n", "-----BEGIN ----\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(pem_count(str_of(none[i])), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_come_in_order),
		cmocka_unit_test(broken_blocks_are_refused),
		cmocka_unit_test(no_boundary_is_no_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
