/*
 * prove_tree: whatever a path says, and wherever a link leads that a tool left,
 * nothing is made or opened outside the tree.
 */
#include "sbom/prove/prove_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_BYTES = 256 };

struct place {
	char top[64], tree[PATH_BYTES], outside[PATH_BYTES], kept[PATH_BYTES];
};

static bool is_there(const char *dir, const char *path)
{
	char full[2 * PATH_BYTES];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", dir, path);
	return lstat(full, &st) == 0;
}

static int set_up(void **state)
{
	static struct place p;
	FILE *f;

	snprintf(p.top, sizeof(p.top), "/tmp/t_prove_tree-XXXXXX");
	assert_non_null(mkdtemp(p.top));
	snprintf(p.tree, PATH_BYTES, "%s/tree", p.top);
	snprintf(p.outside, PATH_BYTES, "%s/outside", p.top);
	snprintf(p.kept, PATH_BYTES, "%s/kept", p.top);
	assert_int_equal(mkdir(p.outside, 0755), 0);
	f = fopen(p.kept, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(prove_tree_make(p.tree, NULL), 0);
	*state = &p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	return prove_tree_remove(p->top, NULL);
}

static void test_dots_end_at_the_root(void **state)
{
	const struct place *p = *state;
	struct err e = {0};

	assert_int_equal(
		prove_tree_directory(p->tree, "/../../outside/x.d", &e), 0);
	assert_true(is_there(p->tree, "/outside/x.d"));
	assert_int_equal(
		prove_tree_file(p->tree, p->kept, "/../outside/f", &e), 0);
	assert_true(is_there(p->tree, "/outside/f"));
	assert_int_equal(
		prove_tree_symlink(p->tree, "f", "/../../outside/l", &e), 0);
	assert_true(is_there(p->tree, "/outside/l"));
	/* as gcc writes its own */
	assert_int_equal(prove_tree_file(p->tree, p->kept,
				 "/usr/lib/gcc/12/../../x/crt1.o", &e),
		0);
	assert_true(is_there(p->tree, "/usr/lib/x/crt1.o"));
	assert_false(is_there(p->outside, "/x.d"));
	assert_false(is_there(p->outside, "/f"));
	assert_false(is_there(p->outside, "/l"));
}

static void test_links_do_not_lead_out(void **state)
{
	const struct place *p = *state;
	char link[2 * PATH_BYTES];
	int fd = -1;
	struct err e = {0};

	snprintf(link, sizeof(link), "%s/planted", p->tree);
	assert_int_equal(symlink(p->outside, link), 0);
	prove_tree_directory(p->tree, "/planted/d", NULL);
	prove_tree_file(p->tree, p->kept, "/planted/f", NULL);
	prove_tree_symlink(p->tree, "f", "/planted/l", NULL);
	assert_false(is_there(p->outside, "/d"));
	assert_false(is_there(p->outside, "/f"));
	assert_false(is_there(p->outside, "/l"));
	/* its target is looked for in the tree */
	assert_int_equal(prove_tree_directory(p->tree, p->outside, &e), 0);
	assert_int_equal(prove_tree_directory(p->tree, "/planted/d", &e), 0);
	snprintf(link, sizeof(link), "%s/d", p->outside);
	assert_true(is_there(p->tree, link));
	assert_false(is_there(p->outside, "/d"));
	assert_int_equal(
		prove_tree_file(p->tree, p->kept, "/planted/f", &e), 0);
	assert_int_equal(prove_tree_open(p->tree, "/planted/f", &fd, &e), 0);
	close(fd);
	assert_false(is_there(p->outside, "/f"));
}

static void test_only_files_are_opened(void **state)
{
	const struct place *p = *state;
	char path[2 * PATH_BYTES];
	int fd = -1;

	snprintf(path, sizeof(path), "%s/pipe", p->tree);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(prove_tree_open(p->tree, "/pipe", &fd, NULL), -1);
	snprintf(path, sizeof(path), "%s/out", p->tree);
	assert_int_equal(symlink(p->kept, path), 0);
	assert_int_equal(prove_tree_open(p->tree, "/out", &fd, NULL), -1);
	assert_int_equal(prove_tree_open(p->tree, "/tmp", &fd, NULL), -1);
	assert_int_equal(fd, -1);
}

static void test_names_of_files(void **state)
{
	const struct place *p = *state;
	static const char *const refused[] = {"", "f", "/", "/..", "/a/.."};

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		assert_int_equal(
			prove_tree_file(p->tree, p->kept, refused[i], NULL),
			-1);
	assert_int_equal(prove_tree_directory(p->tree, "a", NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_dots_end_at_the_root, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_links_do_not_lead_out, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_only_files_are_opened, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_names_of_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
