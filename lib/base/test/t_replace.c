/* Files that take the place of others when they are complete. */
#include "lib/base/fd.h"
#include "lib/base/replace.h"
#include "lib/base/str.h"

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
	strcpy(dir, "/tmp/t_replace.XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int dir_teardown(void **state)
{
	char line[96];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", dir);
	return chdir("/") == 0 ? system(line) : -1;
}

static void check_file(const char *path, const char *want)
{
	AUTO_BUF struct buf text = buf_growing(1024);

	assert_int_equal(file_read(path, &text, NULL), 0);
	assert_string_equal(buf_cstr(&text), want);
}

static void it_has_the_name_when_it_is_complete(void **state)
{
	AUTO_REPLACE struct replace r = {.fd = -1, .dir = -1};
	struct stat st;
	mode_t old = umask(0077);

	(void)state;
	assert_int_equal(file_write("it", STR("old"), 0600, NULL), 0);
	assert_int_equal(replace_open(&r, "it", NULL), 0);
	assert_int_equal(fd_write(r.fd, "new", 3, NULL), 0);
	check_file("it", "old");
	assert_int_equal(replace_commit(&r, 0644, NULL), 0);
	umask(old);
	check_file("it", "new");
	assert_int_equal(stat("it", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(access(".it.partial", F_OK), -1);
}

static void dropped_it_never_was(void **state)
{
	struct replace r = {.fd = -1, .dir = -1};

	(void)state;
	assert_int_equal(file_write("it", STR("old"), 0600, NULL), 0);
	assert_int_equal(replace_open(&r, "./it", NULL), 0);
	assert_int_equal(fd_write(r.fd, "new", 3, NULL), 0);
	replace_drop(&r);
	check_file("it", "old");
	assert_int_equal(access(".it.partial", F_OK), -1);
	replace_drop(&r);
}

/* What a run that was killed between two steps left. */
static void a_partial_file_is_in_nobodys_way(void **state)
{
	AUTO_REPLACE struct replace r = {.fd = -1, .dir = -1};

	(void)state;
	assert_int_equal(file_write(".it.partial", STR("x"), 0600, NULL), 0);
	assert_int_equal(replace_open(&r, "it", NULL), 0);
	assert_int_equal(replace_commit(&r, 0644, NULL), 0);
	check_file("it", "");
}

static void what_is_no_file_stays(void **state)
{
	static const char *const paths[] = {"sub", "link", "", "sub/", "no/it"};

	(void)state;
	assert_int_equal(mkdir("sub", 0755), 0);
	assert_int_equal(symlink("target", "link"), 0);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		AUTO_REPLACE struct replace r = {.fd = -1, .dir = -1};

		assert_int_equal(replace_open(&r, paths[i], NULL), -1);
	}
	assert_int_equal(access("target", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			it_has_the_name_when_it_is_complete, dir_setup,
			dir_teardown),
		cmocka_unit_test_setup_teardown(
			dropped_it_never_was, dir_setup, dir_teardown),
		cmocka_unit_test_setup_teardown(
			a_partial_file_is_in_nobodys_way, dir_setup,
			dir_teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_file_stays, dir_setup, dir_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
