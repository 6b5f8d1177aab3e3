/* Estimate how much memory the archive of a container will hold. */
#include "checkpoint-agent/preflight/estimate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_is_estimated(void **state)
{
	struct estimate x;

	(void)state;
	assert_int_equal(
		estimate_memory_bytes(STR("Name:\tx\nRssAnon:\t     12 kB\n"
					  "RssFile:\t 9 kB\n"
					  "RssShmem:\t3 kB\nVmSwap:\t1 kB\n")),
		16 * 1024);
	assert_int_equal(estimate_memory_bytes(STR("RssAnon:\tx kB\n")), 0);
	assert_int_equal(estimate_processes((uint32_t)getpid(), &x, NULL), 0);
	assert_true(x.process_count >= 1);
	assert_true(x.memory_bytes > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_estimated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
