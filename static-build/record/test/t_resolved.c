/*
 * Tests of static-build/record/resolved: the same path as realpath(3) says.
 */
#include "static-build/record/resolved.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char top[PATH_MAX];

static int enter(void **state)
{
	static char dir[] = "/tmp/t_resolved-XXXXXX";
	int fd;

	(void)state;
	if (mkdtemp(dir) == NULL || realpath(dir, top) == NULL ||
		chdir(top) < 0 || mkdir("a", 0755) < 0 || mkdir("b", 0755) < 0)
		return -1;
	fd = open("a/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	close(fd);
	return symlink("a", "way") == 0 && symlink("a/file", "link") == 0 &&
			       symlink("nowhere", "dangling") == 0
		       ? 0
		       : -1;
}

static int leave(void **state)
{
	(void)state;
	unlink("a/file");
	unlink("way");
	unlink("link");
	unlink("dangling");
	return rmdir("a") == 0 && rmdir("b") == 0 && rmdir(top) == 0 ? 0 : -1;
}

static void same_as_realpath(void **state)
{
	static const char *const paths[] = {"a", "a/file", "way/file", "link",
		"./a/../way/file", "a/.", "a/..", ".", "..", "/", "/tmp",
		"//tmp", "a//file", "b/", top};
	static char want[PATH_MAX], out[PATH_MAX];
	struct stat st;

	(void)state;
	for (int twice = 0; twice < 2; twice++)
		for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
			assert_non_null(realpath(paths[i], want));
			assert_true(resolved_path(paths[i], &st, out));
			assert_string_equal(out, want);
		}
	assert_true(resolved_path("link", &st, out));
	assert_true(S_ISREG(st.st_mode));
}

static void what_is_not_there(void **state)
{
	char out[PATH_MAX];
	struct stat st;

	(void)state;
	assert_false(resolved_path("dangling", &st, out));
	assert_string_equal(out, "dangling");
	assert_false(resolved_path("no/such/file", &st, out));
	assert_string_equal(out, "no/such/file");
	assert_false(resolved_path("", &st, out));
}

/* A directory that a tool moved is looked up again. */
static void forgets(void **state)
{
	char out[PATH_MAX];
	struct stat st;

	(void)state;
	assert_true(resolved_path("way/file", &st, out));
	assert_int_equal(unlink("way"), 0);
	assert_int_equal(symlink("b", "way"), 0);
	resolved_forget();
	assert_false(resolved_path("way/file", &st, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_realpath),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(forgets),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
