/* lock: every rule of the format, each broken once and named. */
#include "lib/base/buf.h"
#include "sbom/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ZLIB "zlib 1:1.3-1 trixie pool/main/z/zlib/zlib_1.3.orig.tar.gz 99 "
#define PATCHES                                                                \
	"zlib 1:1.3-1 trixie pool/main/z/zlib/zlib_1.3-1.debian.tar.xz 7 "

static void test_reads_lines(void **state)
{
	const char *text = "# a comment\n\n" ZLIB HASH " source  Zlib\n"
			   "\t" PATCHES HASH " patches Zlib\n"
			   "tzdata 2025b-4 trixie pool/t/tzdata_2025b_all.deb "
			   "1 " HASH " rootfs  GPL-2.0-only OR MIT\n";
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct lock l;

	(void)state;
	assert_int_equal(lock_parse(str_of(text), &a, &l, &e), 0);
	assert_int_equal(l.n, 3);
	assert_true(str_is(l.lines[0].name, "zlib_1.3.orig.tar.gz"));
	assert_int_equal(l.lines[0].size, 99);
	assert_int_equal(l.lines[1].line, 4);
	assert_true(str_is(l.lines[2].licence, "GPL-2.0-only OR MIT"));
	assert_ptr_equal(lock_main(&l, STR("zlib")), &l.lines[0]);
	assert_ptr_equal(lock_patches(&l, STR("zlib")), &l.lines[1]);
	assert_null(lock_patches(&l, STR("tzdata")));
	assert_ptr_equal(
		lock_file(&l, STR("tzdata_2025b_all.deb")), &l.lines[2]);
	assert_null(lock_file(&l, STR("zlib")));
}

static void refuse(const char *text, const char *because)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct lock l;

	assert_int_equal(lock_parse(str_of(text), &a, &l, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

static void test_refuses_fields(void **state)
{
	(void)state;
	refuse("Zlib 1 trixie a/b 1 " HASH " source Zlib\n",
		"line 1: package \"Zlib\"");
	refuse("zlib 1_0 trixie a/b 1 " HASH " source Zlib\n", "version");
	refuse("zlib 1 Trixie a/b 1 " HASH " source Zlib\n", "suite");
	refuse("zlib 1 trixie a/../b 1 " HASH " source Zlib\n", "path");
	refuse("zlib 1 trixie /a/b 1 " HASH " source Zlib\n", "path");
	refuse("zlib 1 trixie a/b 0 " HASH " source Zlib\n", "size");
	refuse("zlib 1 trixie a/b 01x " HASH " source Zlib\n", "size");
	refuse("zlib 1 trixie a/b 1 0123 source Zlib\n", "sha256");
	refuse("zlib 1 trixie a/b 1 " HASH " binary Zlib\n", "role");
	refuse("zlib 1 trixie a/b 1 " HASH " source\n", "licence");
	refuse("\nzlib 1 trixie a/b 1 " HASH " source \"MIT\"\n", "line 2");
	refuse("zlib\n", "version \"\"");
}

static void test_refuses_disagreement(void **state)
{
	(void)state;
	refuse(ZLIB HASH " source Zlib\n" ZLIB HASH " patches Zlib\n",
		"line 2: zlib_1.3.orig.tar.gz is already on line 1");
	refuse(ZLIB HASH " source Zlib\n" PATCHES HASH " patches MIT\n",
		"another version, suite or licence on line 1");
	refuse(ZLIB HASH " source Zlib\n" PATCHES HASH " source Zlib\n",
		"zlib has role source on line 1");
	refuse(PATCHES HASH " patches Zlib\n", "patches but no source");
}

static void test_too_many_lines(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	struct err e = {0};
	struct lock l;

	(void)state;
	for (int i = 0; i <= LOCK_LINES_MAX; i++)
		buf_fmt(&text, "p%d 1 sid a/f%d 1 " HASH " source MIT\n", i, i);
	assert_int_equal(lock_parse(buf_view(&text), &a, &l, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_lines),
		cmocka_unit_test(test_refuses_fields),
		cmocka_unit_test(test_refuses_disagreement),
		cmocka_unit_test(test_too_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
