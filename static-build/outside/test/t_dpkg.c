/* Owners of files by a small database of packages. */
#include "static-build/outside/dpkg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include "lib/base/fd.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
	char dir[32];
	struct arena arena;
	struct dpkg_file files[4];
};

static void write_below(
	const struct world *w, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	assert_int_equal(file_write(path, str_of(text), 0644, NULL), 0);
}

static int world_open(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char info[64];

	assert_non_null(w);
	strcpy(w->dir, "/tmp/dpkg.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(info, sizeof(info), "%s/info", w->dir);
	assert_int_equal(dir_make(info, 0755, NULL), 0);
	w->arena = arena_make(1 << 20);
	w->files[0].path = STR("/usr/lib/libz.so.1.2");
	w->files[1].path = STR("/usr/include/zlib.h");
	w->files[2].path = STR("/usr/local/include/own.h");
	w->files[3].path = STR("/usr/bin/gcc-12");
	*state = w;
	return 0;
}

static int world_close(void **state)
{
	struct world *w = *state;
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", w->dir);
	assert_int_equal(system(command), 0);
	arena_free(&w->arena);
	free(w);
	return 0;
}

static void test_owners(void **state)
{
	struct world *w = *state;
	const struct dpkg_file *f = w->files;

	write_below(w, "info/zlib1g:amd64.list", "/.\n/lib/libz.so.1.2\n");
	write_below(w, "info/zlib1g-dev.list", "/usr/include/zlib.h\n");
	write_below(w, "info/gcc-12.list", "/usr/bin\n/usr/bin/gcc-12");
	write_below(w, "info/gcc-12.md5sums", "/usr/local/include/own.h\n");
	write_below(w, "status",
		"Package: zlib1g\nArchitecture: i386\nVersion: 0\n\n"
		"Package: zlib1g\nArchitecture: amd64\nSource: zlib\n"
		"Version: 1:1.2\nDescription: x\n Version: 9\n\n"
		"Package: zlib1g-dev\nSource: zlib (1.1)\nVersion: 1:1.3\n"
		"Architecture: amd64\n\n"
		"Package: gcc-12\nVersion: 12.2.0-14\nArchitecture: amd64\n");
	assert_int_equal(dpkg_find(w->dir, w->files, 4, &w->arena, NULL), 0);
	assert_true(str_is(f[0].package, "zlib1g"));
	assert_true(str_is(f[0].version, "1:1.2"));
	assert_true(str_is(f[0].arch, "amd64"));
	assert_true(str_is(f[0].source, "zlib"));
	assert_true(str_is(f[1].package, "zlib1g-dev"));
	assert_true(str_is(f[1].version, "1:1.3"));
	assert_int_equal(f[2].package.n, 0);
	assert_true(str_is(f[3].package, "gcc-12"));
	assert_true(str_is(f[3].source, "gcc-12"));
}

static void test_no_database(void **state)
{
	struct world *w = *state;

	assert_int_equal(dpkg_find(w->dir, w->files, 4, &w->arena, NULL), 0);
	assert_int_equal(w->files[0].package.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_owners, world_open, world_close),
		cmocka_unit_test_setup_teardown(
			test_no_database, world_open, world_close),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
