/* Work directories of dumps that died: more than one of them can fail. */
#include "checkpoint-agent/dump/recover.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];
static int dir = -1;

static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/t_recover.XXXXXX");
	if (!mkdtemp(top))
		return -1;
	dir = open(top, O_RDONLY | O_DIRECTORY);
	return dir < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	close(dir);
	snprintf(command, sizeof(command), "rm -r %s", top);
	return system(command);
}

static void make_dirs(const char *name, size_t depth)
{
	char path[256];
	size_t n = (size_t)snprintf(path, sizeof(path), ".work-%s", name);

	assert_int_equal(mkdirat(dir, path, 0700), 0);
	for (size_t i = 0; i < depth; i++) {
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/lib");
		assert_int_equal(mkdirat(dir, path, 0700), 0);
	}
}

static bool is_there(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) == 0;
}

static void what_can_be_removed_is_removed(void **state)
{
	(void)state;
	make_dirs("one", 1);
	make_dirs("two", 0);
	assert_int_equal(recover_all(dir, NULL), 0);
	assert_false(is_there(".work-one") || is_there(".work-two"));
}

/* The first failure is told; those after it had no place to be told in. */
static void failures_do_not_keep_it_from_the_rest(void **state)
{
	struct err e = {0};

	(void)state;
	make_dirs("one", 3); /* deeper than a dump makes them */
	make_dirs("two", 3);
	make_dirs("three", 3);
	make_dirs("good", 1);
	assert_int_equal(recover_all(dir, &e), -1);
	assert_non_null(strstr(e.text, "remove .work-"));
	assert_false(is_there(".work-good"));
	assert_int_equal(recover_all(dir, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_can_be_removed_is_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			failures_do_not_keep_it_from_the_rest, set_up,
			tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
