/* t_copy - which files are copied, and in which order they are then named. */
#include "images/reproduce/copy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];

static void write_file(const char *name)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(name, f);
	fclose(f);
}

static int make_tree(void **state)
{
	(void)state;
	strcpy(root, "/tmp/t_copy.XXXXXX");
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	assert_int_equal(mkdir("from", 0755) | mkdir("from/src", 0755) |
				 mkdir("from/dist", 0755) |
				 mkdir("from/src/empty", 0755),
		0);
	write_file("from/a");
	write_file("from/src/b");
	write_file("from/src/c");
	write_file("from/dist/old");
	assert_int_equal(chmod("from/src/b", 0755), 0);
	assert_int_equal(symlink("../a", "from/src/link"), 0);
	assert_int_equal(mkfifo("from/src/pipe", 0600), 0);
	return 0;
}

static int remove_tree(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return chdir("/") | system(command);
}

static void all_but_what_is_skipped_is_copied(void **state)
{
	const struct copy_request r = {.from = "from",
		.to = "to/deep",
		.skip = {"dist"},
		.n_skip = 1,
		.has_old_times = true};
	struct stat st;
	char target[16] = "";

	(void)state;
	assert_int_equal(copy_tree(&r, NULL), 0);
	assert_int_equal(stat("to/deep/src/b", &st), 0);
	assert_int_equal(st.st_mode & 0111, 0111);
	assert_int_equal(st.st_mtime, 981166446);
	assert_int_equal(readlink("to/deep/src/link", target, 15), 4);
	assert_string_equal(target, "../a");
	assert_int_equal(access("to/deep/src/empty", F_OK), 0);
	assert_int_equal(access("to/deep/dist", F_OK), -1);
	assert_int_equal(access("to/deep/src/pipe", F_OK), -1);
}

static void a_list_leaves_out_what_it_does_not_name(void **state)
{
	static const char *const only[] = {"src/c"};
	const struct copy_request r = {
		.from = "from", .to = "listed", .only = only, .n_only = 1};
	struct stat st;

	(void)state;
	assert_int_equal(copy_tree(&r, NULL), 0);
	assert_int_equal(access("listed/src/c", F_OK), 0);
	assert_int_equal(access("listed/src/b", F_OK), -1);
	assert_int_equal(access("listed/a", F_OK), -1);
	assert_int_equal(access("listed/src/empty", F_OK), -1);
	assert_int_equal(stat("listed/src/c", &st), 0);
	assert_true(st.st_mtime > 981166446);
}

static void what_is_there_is_not_replaced(void **state)
{
	const struct copy_request r = {.from = "from", .to = "from"};
	struct err e = {0};

	(void)state;
	assert_int_equal(copy_tree(&r, &e), -1);
	assert_non_null(strstr(e.text, "File exists"));
}

static void the_order_of_a_directory_is_found(void **state)
{
	enum copy_order order;
	struct err e = {0};

	(void)state;
	assert_int_equal(copy_order_of(".", &order, &e), 0);
	assert_int_equal(access("probe", F_OK), -1);
	assert_int_equal(copy_order_of("/not/there", &order, &e), -1);
	assert_non_null(strstr(e.text, "/not/there/probe"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_but_what_is_skipped_is_copied),
		cmocka_unit_test(a_list_leaves_out_what_it_does_not_name),
		cmocka_unit_test(what_is_there_is_not_replaced),
		cmocka_unit_test(the_order_of_a_directory_is_found),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
