/* How much memory is left, from the kernel's texts. */
#include "checkpoint-agent/node/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MIB (UINT64_C(1) << 20)

static void the_node_says_what_is_available(void **state)
{
	const struct str text = STR("MemTotal:       24683896 kB\n"
				    "MemFree:        11111111 kB\n"
				    "MemAvailable:       2048 kB\n"
				    "Buffers:               1 kB\n");
	struct err e = {0};
	uint64_t bytes;

	(void)state;
	assert_int_equal(memory_parse_available(text, &bytes, &e), 0);
	assert_int_equal(bytes, 2 * MIB);
}

static void other_texts_are_refused(void **state)
{
	const char *const bad[] = {"", "MemAvailable:\n", "MemAvailable: 5\n",
		"MemAvailable: -5 kB\n", "MemAvailable: 5 MB\n",
		"MemAvailable: 99999999999999999999 kB\n"};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};

		assert_int_equal(
			memory_parse_available(str_of(bad[i]), &bytes, &e), -1);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

static uint64_t left(const char *limit, const char *used, const char *stat)
{
	const struct memory_group g = {
		str_of(limit), str_of(used), str_of(stat)};

	return memory_left(&g);
}

static void a_group_leaves_its_limit_less_its_use(void **state)
{
	(void)state;
	assert_int_equal(left("1000\n", "300\n", ""), 700);
	assert_int_equal(left("1000\n", "1000\n", ""), 0);
	assert_int_equal(left("1000\n", "2000\n", ""), 0);
	/* page cache that nobody uses makes room; in version 1 of all below */
	assert_int_equal(left("1000\n", "300\n", "inactive_file 100\n"), 800);
	assert_int_equal(left("1000\n", "300\n",
				 "inactive_file 1\ntotal_inactive_file 200\n"),
		900);
	assert_int_equal(left("1000\n", "300\n", "inactive_file 500\n"), 1000);
	assert_int_equal(
		left("1000\n", "300\n", "workinginactive_file 100\n"), 700);
}

static void a_group_without_a_limit_leaves_all(void **state)
{
	(void)state;
	assert_true(left("max\n", "300\n", "") == UINT64_MAX);
	assert_true(left("", "", "") == UINT64_MAX);
	assert_true(left("1000", "", "") == UINT64_MAX);
}

static void this_process_may_take_some(void **state)
{
	struct err e = {0};
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(memory_free(&bytes, &e), 0);
	assert_true(bytes > 0 && bytes < UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_node_says_what_is_available),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(a_group_leaves_its_limit_less_its_use),
		cmocka_unit_test(a_group_without_a_limit_leaves_all),
		cmocka_unit_test(this_process_may_take_some),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
