/* Unit tests of rootfs/pick and rootfs/form, on a small package. */
#include "rootfs/pick.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "rootfs/tree_seal.h"
#include <cmocka.h>
#include <sys/stat.h>

static char top[] = "/tmp/t_pick.XXXXXX";

static void put(const char *path, const char *text)
{
	assert_int_equal(file_write(path, str_of(text), 0600, NULL), 0);
}

/* The package small_1.0_all, and a second version of "twice". */
static int make_package(void **state)
{
	(void)state;
	if (!mkdtemp(top) || chdir(top) < 0)
		return -1;
	if (dir_make("p/small_1.0_all/usr/share/crt", 0755, NULL) < 0 ||
		dir_make("p/small_1.0_all/usr/share/doc", 0755, NULL) < 0 ||
		dir_make("p/twice_1_all", 0755, NULL) < 0 ||
		dir_make("p/twice_2_all", 0755, NULL) < 0)
		return -1;
	put("p/small_1.0_all/usr/share/crt/b.crt", "B\n");
	put("p/small_1.0_all/usr/share/crt/a.crt", "A");
	put("p/small_1.0_all/usr/share/crt/c.txt", "C\n");
	put("p/small_1.0_all/usr/share/doc/readme", "read me");
	put("p/small_1.0_all/usr/share/run", "#!");
	return chmod("p/small_1.0_all/usr/share/run", 0700) |
	       mkfifo("p/small_1.0_all/fifo", 0600) |
	       symlink("doc/readme", "p/small_1.0_all/usr/share/link");
}

static int remove_package(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return chdir("/") | system(command);
}

static int pick(const char *text, struct tree *t, struct err *e)
{
	put("pick.yaml", text);
	return pick_add("pick.yaml", "p", t, e);
}

static void copies_directories_and_joins_files(void **state)
{
	AUTO_TREE struct tree t = tree_make();
	const struct tree_entry *x;

	(void)state;
	assert_int_equal(pick("package: small\nlicence: MPL-2.0\n"
			      "copy: [/usr/share]\n"
			      "skip:\n- /usr/share/crt/c.txt\n"
			      "join:\n- {from: /usr/share/crt, "
			      "suffix: .crt, to: /etc/bundle}\n",
				 &t, NULL),
		0);
	assert_int_equal(tree_seal(&t, NULL), 0);
	x = tree_find(&t, STR("etc/bundle"));
	assert_string_equal(x->bytes.p, "A\nB\n");
	assert_string_equal(x->name.p, "small_1.0_all.deb");
	assert_int_equal(x->origin, TREE_PINNED);
	assert_string_equal(x->how.p, "joined from 2 files of /usr/share/crt");
	assert_string_equal(x->licence.p, "MPL-2.0");
	x = tree_find(&t, STR("usr/share/doc/readme"));
	assert_string_equal(x->licence.p, "MPL-2.0");
	assert_int_equal(x->how.n, 0);
	assert_int_equal(tree_find(&t, STR("usr/share/run"))->mode, 0755);
	assert_int_equal(
		tree_find(&t, STR("usr/share/doc/readme"))->mode, 0644);
	assert_int_equal(tree_find(&t, STR("usr/share/link"))->type, TREE_LINK);
	assert_non_null(tree_find(&t, STR("usr/share/crt/a.crt")));
	assert_null(tree_find(&t, STR("usr/share/crt/c.txt")));
}

static void bad_picks_are_refused_with_their_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{"package: small\ncopi: []\n",
			"pick.yaml: line 2: copi: unknown key (known: "
			"package, copy, skip, join, licence)"},
		{"copy: [/a]\n", "key package is missing"},
		{"package: [a]\n",
			"line 1: package: must be a text, is a list"},
		{"- a\n", "must be a map, is a list"},
		{"package: absent\n", "package: no package absent in p"},
		{"package: sma\n", "package: no package sma in p"},
		{"package: twice\n", "are unpacked"},
		{"package: small\ncopy:\n- /usr\n- /nothing\n",
			"line 4: copy: small_1.0_all.deb has no /nothing"},
		{"package: small\ncopy: [1]\n", "must be a text"},
		{"package: small\ncopy: [/fifo]\n",
			"neither a file nor a link"},
		{"package: small\ncopy: [/usr/../../../etc/passwd]\n",
			"not absolute and plain"},
		{"package: small\njoin: [{from: /usr, to: /a}]\n",
			"join: line 2: key suffix is missing"},
		{"package: small\n"
		 "join: [{from: /usr, suffix: .x, to: /a}]\n",
			"nothing to join in /usr"},
		{"package: small\n"
		 "join: [{from: /no, suffix: .x, to: /a}]\n",
			"has no directory /no"},
		{"package: small\n  x: [\n", "pick.yaml: line "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		AUTO_TREE struct tree t = tree_make();
		struct err e = {0};

		assert_int_equal(pick(bad[i].text, &t, &e), -1);
		if (!strstr(e.text, bad[i].says))
			fail_msg("%s, not %s", e.text, bad[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_directories_and_joins_files),
		cmocka_unit_test(bad_picks_are_refused_with_their_line),
	};

	return cmocka_run_group_tests(tests, make_package, remove_package);
}
