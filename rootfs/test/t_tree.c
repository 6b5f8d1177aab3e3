/* Unit tests of rootfs/tree: what is refused, and equal bytes for equal trees.
 */
#include "rootfs/tree.h"
#include "rootfs/tree_seal.h"
#include "rootfs/tree_tar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define TIME_S 1700000000
#define ROOM   (1u << 20)

static struct tree_entry file(const char *path, const char *content)
{
	return (struct tree_entry){.type = TREE_FILE,
		.mode = 0644,
		.path = str_of(path),
		.bytes = str_of(content),
		.origin = TREE_MADE,
		.name = STR("a test")};
}

static struct tree_entry link_to(const char *path, const char *target)
{
	return (struct tree_entry){.type = TREE_LINK,
		.path = str_of(path),
		.target = str_of(target),
		.origin = TREE_MADE,
		.name = STR("a test")};
}

static struct tree_entry dir(const char *path, uint32_t mode)
{
	return (struct tree_entry){.type = TREE_DIR,
		.mode = mode,
		.path = str_of(path),
		.origin = TREE_MADE,
		.name = STR("a test")};
}

static void add(struct tree *t, struct tree_entry x)
{
	assert_int_equal(tree_add(t, &x, NULL), 0);
}

static void not_added(struct tree_entry x, const char *says)
{
	AUTO_TREE struct tree t = tree_make();
	struct err e = {0};

	assert_int_equal(tree_add(&t, &x, &e), -1);
	assert_non_null(strstr(e.text, says));
}

static void odd_entries_are_refused(void **state)
{
	static const char *const paths[] = {
		"", "/", "a", "/a/", "/a//b", "/a/../b", "/..", "/./a", "//a"};
	struct tree_entry x = file("/a", "");

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		not_added(file(paths[i], ""), "not absolute and plain");
	x.path = STR("/a\0b");
	not_added(x, "not absolute and plain");
	x = file("/a", "");
	x.origin = TREE_NOWHERE;
	not_added(x, "has no origin");
	x = file("/a", "");
	x.mode = 0100644;
	not_added(x, "mode");
	not_added(link_to("/a", ""), "have a target");
}

static void not_sealed(struct tree *t, const char *says)
{
	struct err e = {0};

	assert_int_equal(tree_seal(t, &e), -1);
	if (!strstr(e.text, says))
		fail_msg("%s", e.text);
	tree_free(t);
}

static void trees_that_contradict_are_refused(void **state)
{
	struct tree t = tree_make();

	(void)state;
	add(&t, file("/etc/passwd", "a"));
	add(&t, file("/etc/passwd", "a"));
	not_sealed(&t, "/etc/passwd comes from made a test and from");
	t = tree_make();
	add(&t, file("/etc", ""));
	add(&t, file("/etc/passwd", ""));
	not_sealed(&t, "/etc/passwd is below /etc, which is not a directory");
	t = tree_make();
	add(&t, link_to("/bin", "usr/bin"));
	add(&t, dir("/usr/bin", 0755));
	add(&t, file("/bin/sh", ""));
	not_sealed(&t, "is below /bin");
	t = tree_make();
	add(&t, (struct tree_entry){.type = TREE_FILE,
			.path = STR("/a"),
			.source = "/nonexistent/file",
			.origin = TREE_PROGRAM,
			.name = STR("a")});
	not_sealed(&t, "/a: open /nonexistent/file: No such file");
}

static void links_lead_somewhere(void **state)
{
	static const char *const bad[] = {"absent", "/absent", "../../etc",
		"../..", "../usr/link", "/usr/link"};
	struct tree t = tree_make();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		t = tree_make();
		add(&t, dir("/etc", 0755));
		add(&t, link_to("/usr/link", bad[i]));
		not_sealed(&t, "/usr/link links to");
	}
	t = tree_make();
	add(&t, file("/usr/bin/agent", ""));
	add(&t, link_to("/bin/tar", "../usr/bin/./agent"));
	add(&t, link_to("/bin/tar2", "tar"));
	add(&t, link_to("/bin/tar3", "/bin/tar2"));
	add(&t, link_to("/bin/dir", "../usr"));
	assert_int_equal(tree_seal(&t, NULL), 0);
	tree_free(&t);
}

static void directories_on_the_way_are_made(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	const struct tree_entry *x;

	(void)state;
	add(&t, file("/usr/share/b", ""));
	add(&t, file("/usr/share/a", "abc"));
	add(&t, file("/usr-local", ""));
	add(&t, dir("/tmp", 01777));
	assert_null(tree_find(&t, STR("tmp")));
	assert_int_equal(tree_seal(&t, NULL), 0);
	assert_int_equal(t.n, 6);
	x = tree_find(&t, STR("usr"));
	assert_int_equal(x->type, TREE_DIR);
	assert_int_equal(x->mode, 0755);
	assert_string_equal(t.entries[2].path.p, "usr-local");
	x = tree_find(&t, STR("usr/share/a"));
	assert_int_equal(x->size_bytes, 3);
	assert_string_equal(
		x->sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	tree_open(&t);
	add(&t, file("/usr/share/sbom/x", ""));
	assert_int_equal(tree_seal(&t, NULL), 0);
	assert_int_equal(t.n, 8);
}

static void put_source(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The digest of a small tree whose one source lies at path. */
static void digest(const char *source, bool is_backwards, char *hex)
{
	AUTO_TREE struct tree t = tree_make();
	AUTO_BUF struct buf b = buf_growing(ROOM);
	const struct tree_entry x[] = {
		dir("/tmp", 01777),
		file("/etc/passwd", "root"),
		link_to("/bin/tar", "agent"),
		{.type = TREE_FILE,
			.mode = 0755,
			.path = STR("/bin/agent"),
			.source = source,
			.origin = TREE_PROGRAM,
			.name = STR("agent")},
	};

	for (size_t i = 0; i < 4; i++)
		add(&t, x[is_backwards ? 3 - i : i]);
	assert_int_equal(tree_seal(&t, NULL), 0);
	assert_int_equal(tree_write_tar(&t, TIME_S, sink_buf(&b), NULL), 0);
	sha256_hex(buf_view(&b), hex);
}

static void equal_trees_give_equal_bytes(void **state)
{
	char one[] = "/tmp/t_tree.XXXXXX", two[] = "/tmp/t_tree.XXXXXX";
	char a[SHA256_HEX + 1], b[SHA256_HEX + 1];
	struct utimbuf long_ago = {1, 1};

	(void)state;
	close(mkstemp(one));
	close(mkstemp(two));
	put_source(one, "program");
	put_source(two, "program");
	assert_int_equal(utime(two, &long_ago), 0);
	assert_int_equal(chmod(two, 0400), 0);
	digest(one, false, a);
	umask(077);
	digest(two, true, b);
	assert_string_equal(a, b);
	unlink(one);
	unlink(two);
}

static void a_source_that_changes_is_noticed(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	AUTO_BUF struct buf b = buf_growing(ROOM);
	char source[] = "/tmp/t_tree.XXXXXX";
	struct err e = {0};

	(void)state;
	close(mkstemp(source));
	put_source(source, "before");
	add(&t, (struct tree_entry){.type = TREE_FILE,
			.path = STR("/a"),
			.source = source,
			.origin = TREE_PROGRAM,
			.name = STR("a")});
	assert_int_equal(tree_write_tar(&t, 0, sink_buf(&b), &e), -1);
	assert_int_equal(tree_seal(&t, NULL), 0);
	put_source(source, "behind");
	assert_int_equal(tree_write_tar(&t, 0, sink_buf(&b), &e), -1);
	assert_non_null(strstr(e.text, "changed while"));
	put_source(source, "longer than before");
	assert_int_equal(tree_write_tar(&t, 0, sink_buf(&b), &e), -1);
	assert_non_null(strstr(e.text, "grew"));
	unlink(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_entries_are_refused),
		cmocka_unit_test(trees_that_contradict_are_refused),
		cmocka_unit_test(links_lead_somewhere),
		cmocka_unit_test(directories_on_the_way_are_made),
		cmocka_unit_test(equal_trees_give_equal_bytes),
		cmocka_unit_test(a_source_that_changes_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
