/* Unit tests of images/ship/layout_name. */
#include "images/ship/layout_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64];

static int dir_setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/t_layout_name.XXXXXX");
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return -1;
	return mkdir("here", 0755) + mkdir("a:b", 0755) + mkdir("a", 0755);
}

static int dir_teardown(void **state)
{
	char line[96];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", dir);
	return chdir("/") == 0 ? system(line) : -1;
}

/* The longest path that is there is the layout. */
static void what_is_there_decides(void **state)
{
	static const struct {
		const char *operand, *path, *wanted;
		bool is_there;
	} cases[] = {
		{"here", "here", "", true},
		{"here:1.0", "here", "1.0", true},
		{"here:localhost:5000/x/y:1.0", "here",
			"localhost:5000/x/y:1.0", true},
		{"a:b", "a:b", "", true},
		{"a:b:c", "a:b", "c", true},
		{"a:c", "a", "c", true},
		{"gone:1.0", "gone", "1.0", false},
		{"gone", "gone", "", false},
		{"registry.example:5000/x:1", "registry.example:5000/x", "1",
			false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[LAYOUT_NAME_PATH_BYTES];
		char wanted[LAYOUT_NAME_WANTED_BYTES];

		assert_int_equal(
			layout_name_split(cases[i].operand, path, wanted, NULL),
			0);
		assert_string_equal(path, cases[i].path);
		assert_string_equal(wanted, cases[i].wanted);
		assert_int_equal(layout_name_is_there(cases[i].operand),
			cases[i].is_there);
	}
}

static void what_is_too_long_is_refused(void **state)
{
	char path[LAYOUT_NAME_PATH_BYTES];
	char wanted[LAYOUT_NAME_WANTED_BYTES];
	char operand[LAYOUT_NAME_WANTED_BYTES + 16] = "here:";

	(void)state;
	memset(operand + 5, 'x', LAYOUT_NAME_WANTED_BYTES);
	operand[5 + LAYOUT_NAME_WANTED_BYTES] = '\0';
	assert_int_equal(layout_name_split(operand, path, wanted, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_there_decides, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_too_long_is_refused, dir_setup, dir_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
