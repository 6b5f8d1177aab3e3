/*
 * Tests of static-build/record/event: evidence names what lies in the project
 * by its place in it, and all else by its whole path.
 */
#include "static-build/record/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char real[PATH_MAX];

static void expect(const char *root, const char *path, const char *want)
{
	static struct context c; /* too large for the stack */
	char out[PATH_MAX];

	c.root = root;
	event_path(&c, path, out);
	assert_string_equal(out, want);
}

static void names_by_place(void **state)
{
	char dir[] = "/tmp/event-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_non_null(realpath(dir, real));
	assert_int_equal(chdir(real), 0);
	assert_int_equal(mkdir("lib", 0755), 0);
	expect(real, "lib", "lib");
	expect(real, "lib/../lib", "lib");
	expect(real, "lib/absent.c", "lib/absent.c");
	expect(real, "/etc/..", "/");
	expect(real, real, real);
	/* another project whose name begins alike */
	expect("/tmp/event", real, real);
	assert_int_equal(rmdir("lib"), 0);
	assert_int_equal(rmdir(real), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_by_place)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
