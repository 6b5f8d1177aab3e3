/* Unit tests of lib/base/array: growth, the limit, and what a failure keeps. */
#include "lib/base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_keeps_entries_as_it_grows(void **state)
{
	const struct array_kind numbers = {sizeof(uint32_t), 1000, "numbers"};
	struct err e = {0};
	uint32_t *list = NULL;
	size_t n = 0, room = 0;

	(void)state;
	while (n < 1000) {
		list = array_grow(list, n, &room, &numbers, &e);
		assert_non_null(list);
		assert_true(room > n);
		list[n] = (uint32_t)n;
		n++;
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i], i);
	assert_null(array_grow(list, n, &room, &numbers, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_string_equal(e.text, "more than 1000 numbers");
	assert_int_equal(list[999], 999); /* still there, and ours to free */
	free(list);
}

static void test_refuses_what_memory_cannot_hold(void **state)
{
	const struct array_kind huge = {SIZE_MAX / 2, SIZE_MAX, "giants"};
	struct err e = {0};
	size_t room = 0;

	(void)state;
	assert_null(array_grow(NULL, 0, &room, &huge, &e));
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(room, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps_entries_as_it_grows),
		cmocka_unit_test(test_refuses_what_memory_cannot_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
