/* table: many keys, several values a key, in the order they were added. */
#include "sbom/evidence/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { KEYS = 5000 };

static void test_order_is_kept(void **state)
{
	AUTO_ARENA struct arena a = arena_make((size_t)16 << 20);
	struct table t = table_make(&a);
	const struct table_entry *e;

	(void)state;
	assert_null(table_find(&t, STR("x")));
	for (uint32_t round = 0; round < 3; round++)
		for (uint32_t i = 0; i < KEYS; i++) {
			char key[16];

			snprintf(key, sizeof(key), "key %u", i);
			assert_int_equal(
				table_add(&t,
					str_of(arena_copy(&a, str_of(key))),
					round * KEYS + i),
				0);
		}
	for (uint32_t i = 0; i < KEYS; i += 7) {
		char key[16];

		snprintf(key, sizeof(key), "key %u", i);
		e = table_find(&t, str_of(key));
		for (uint32_t round = 0; round < 3; round++) {
			assert_non_null(e);
			assert_int_equal(e->value, round * KEYS + i);
			e = table_next(&t, e);
		}
		assert_null(e);
	}
	assert_null(table_find(&t, STR("key 5000")));
}

static void test_memory_ends(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 16);
	struct table t = table_make(&a);
	uint32_t n = 0;

	(void)state;
	while (table_add(&t, STR("same"), n) == 0)
		assert_true(++n < 10000);
	assert_int_equal(table_find(&t, STR("same"))->value, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_is_kept),
		cmocka_unit_test(test_memory_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
