/*
 * Unit tests of images/export/unpack: what lies there already.  Whole trees are
 * compared with those of other tools in images/test/export.bats.
 */
#include "images/export/unpack.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void add(struct fs_tree *t, const char *path, enum tar_type type)
{
	assert_int_equal(fs_tree_add(t,
				 &(struct fs_node){.path = str_of(path),
					 .type = type,
					 .mode = 0755},
				 NULL),
		0);
}

/* Of another image, killed, whose "lib" was a link. */
static void test_links_of_another_run(void **state)
{
	AUTO_FS_TREE struct fs_tree tree = fs_tree_make();
	struct fs_layer l = {.tree = tree};
	char dir[] = "/tmp/t_unpack.XXXXXX";
	struct err e = {0};
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("host", 0755), 0);
	assert_int_equal(mkdir("host/sub", 0755), 0);
	assert_int_equal(mkdir("host/sub/deep", 0711), 0);
	assert_int_equal(close(open("host/x", O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(mkdir(".got.partial", 0700), 0);
	assert_int_equal(symlink("../host", ".got.partial/lib"), 0);
	add(&l.tree, "lib/x", TAR_FILE);
	add(&l.tree, "lib/sub/deep", TAR_DIR);
	assert_int_equal(fs_tree_seal(&l.tree, 5, NULL), 0);

	assert_int_equal(unpack_layer(&l, "got", &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(lstat(".got.partial/lib", &st), 0);
	assert_int_equal(access("host/x", F_OK), 0);
	assert_int_equal(stat("host/sub/deep", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0711);
	tree = l.tree;

	assert_int_equal(unlink(".got.partial/lib"), 0);
	assert_int_equal(rmdir(".got.partial"), 0);
	assert_int_equal(unlink("host/x"), 0);
	assert_int_equal(rmdir("host/sub/deep"), 0);
	assert_int_equal(rmdir("host/sub"), 0);
	assert_int_equal(rmdir("host"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links_of_another_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
