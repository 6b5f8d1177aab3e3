/* Files: written whole or not at all, read within bounds. */
#include "lib/base/err.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
	strcpy(dir, "/tmp/t_fd.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int dir_teardown(void **state)
{
	char line[96];

	(void)state;
	snprintf(line, sizeof line, "rm -rf %s", dir);
	return system(line);
}

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static void replaces_a_file_whole(void **state)
{
	struct buf b = buf_growing(100);
	struct err e = {0};
	struct stat st;

	(void)state;
	umask(077);
	assert_int_equal(file_write(in_dir("f"), STR("one"), 0644, &e), 0);
	assert_int_equal(file_write(in_dir("f"), STR("two"), 0644, &e), 0);
	assert_int_equal(file_read(in_dir("f"), &b, &e), 0);
	assert_true(str_is(buf_view(&b), "two"));
	assert_int_equal(stat(in_dir("f"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	buf_free(&b);
}

static void a_failed_write_leaves_nothing(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(dir_make(in_dir("d/e"), 0755, &e), 0);
	assert_int_equal(file_write(in_dir("d"), STR("x"), 0600, &e), -1);
	assert_int_equal(rmdir(in_dir("d/e")), 0);
	assert_int_equal(rmdir(in_dir("d")), 0); /* no .partial beside it */
}

static void a_large_file_is_refused(void **state)
{
	char memory[8];
	struct buf b = buf_fixed(memory, sizeof memory);
	struct err e = {0};

	(void)state;
	assert_int_equal(file_write(in_dir("g"), STR("12345678"), 0600, &e), 0);
	assert_int_equal(file_read(in_dir("g"), &b, &e), 0);
	assert_int_equal(b.n, 8);
	assert_int_equal(
		file_write(in_dir("g"), STR("123456789"), 0600, &e), 0);
	buf_reset(&b);
	assert_int_equal(file_read(in_dir("g"), &b, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

static void errors_say_where_from_the_outside_in(void **state)
{
	struct err e = {0};

	(void)state;
	errno = ENOSPC;
	assert_int_equal(err_sys(&e, "write"), -1);
	err_at(&e, "line %d", 3);
	err_at(&e, "file");
	assert_string_equal(
		e.text, "file: line 3: write: No space left on device");
	assert_int_equal(e.kind, ERR_LIMIT);
	assert_int_equal(e.sys, ENOSPC);
	assert_int_equal(err_set(NULL, "nobody listens"), -1);
}

static void a_long_place_keeps_its_front(void **state)
{
	char where[ERR_TEXT_BYTES * 2];
	struct err e = {0};

	(void)state;
	memset(where, 'w', sizeof where - 1);
	where[sizeof where - 1] = '\0';
	err_set(&e, "reason");
	err_at(&e, "%s", where);
	assert_true(strlen(e.text) < sizeof e.text);
	assert_int_equal(e.text[0], 'w');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_a_file_whole),
		cmocka_unit_test(a_failed_write_leaves_nothing),
		cmocka_unit_test(a_large_file_is_refused),
		cmocka_unit_test(errors_say_where_from_the_outside_in),
		cmocka_unit_test(a_long_place_keeps_its_front),
	};

	return cmocka_run_group_tests(tests, dir_setup, dir_teardown);
}
