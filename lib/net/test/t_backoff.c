/* Unit tests of lib/net/backoff. */
#include "lib/net/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void waits_double_up_to_the_last(void **state)
{
	struct backoff b = {.first_ms = 100, .last_ms = 500};

	(void)state;
	assert_int_equal(backoff_next(&b, 0), 100);
	assert_int_equal(backoff_next(&b, 0), 200);
	assert_int_equal(backoff_next(&b, 0), 400);
	assert_int_equal(backoff_next(&b, 0), 500);
	assert_int_equal(backoff_next(&b, 0), 500);
	backoff_reset(&b);
	assert_int_equal(backoff_next(&b, 0), 100);
}

static void jitter_at_most_doubles(void **state)
{
	struct backoff b = {.first_ms = 100, .last_ms = 30000};

	(void)state;
	assert_int_equal(backoff_next(&b, UINT32_MAX), 200);
	assert_int_equal(backoff_next(&b, UINT32_MAX / 2), 299);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_double_up_to_the_last),
		cmocka_unit_test(jitter_at_most_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
