/* lock: what is parsed, and every rule of the format, each broken once. */
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "sbom/evidence/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CASES "static-build/test/lock.cases"
#define ZLIB  "zlib 1:1.3-1 trixie pool/main/z/zlib/zlib_1.3.orig.tar.gz 99 "
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

/* Copy a case's line with 64 hex digits for each "HASH". */
static void put_line(struct buf *out, struct str line)
{
	while (line.n > 0) {
		if (str_has_prefix(line, STR("HASH"))) {
			buf_text(out, HASH);
			line = str_sub(line, strlen("HASH"), line.n);
		} else {
			buf_byte(out, line.p[0]);
			line = str_sub(line, 1, line.n);
		}
	}
	buf_byte(out, '\n');
}

/* Parse the lock of a case; `expected` is "ok" or "LINE TEXT". */
static void try_case(struct str text, struct str expected)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct str line;
	char where[32], words[256];
	struct err e = {0};
	struct lock l;
	int rc = lock_parse(text, &a, &l, &e);

	if (str_is(expected, "ok")) {
		if (rc < 0)
			fail_msg("%s:\n%.*s", e.text, STR_ARG(text));
		return;
	}
	assert_true(str_cut(&expected, ' ', &line));
	snprintf(where, sizeof(where), "line %.*s: ", STR_ARG(line));
	assert_int_equal(str_copy(expected, words, sizeof(words)), 0);
	if (rc == 0 || e.kind != ERR_INPUT ||
		!str_has_prefix(str_of(e.text), str_of(where)) ||
		strstr(e.text, words) == NULL)
		fail_msg("\"%s\" is not \"%s%s\"", e.text, where, words);
}

/* The cases that static-build/test/lock.bats gives to the scripts' reader. */
static void test_shared_cases(void **state)
{
	AUTO_BUF struct buf cases = buf_growing(1 << 20);
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	struct str rest, line, expected = {0};
	unsigned count = 0;

	(void)state;
	assert_int_equal(file_read(CASES, &cases, NULL), 0);
	rest = buf_view(&cases);
	while (str_cut(&rest, '\n', &line)) {
		if (!str_has_prefix(line, STR("== "))) {
			put_line(&text, line);
			continue;
		}
		if (count++ > 0)
			try_case(buf_view(&text), expected);
		buf_reset(&text);
		expected = str_sub(line, str_find(line, ':') + 2, line.n);
	}
	try_case(buf_view(&text), expected);
	assert_true(count >= 30);
}

static void test_refuses_carriage_returns(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct lock l;

	(void)state;
	assert_int_equal(
		lock_parse(STR(ZLIB HASH " source Zlib\r\n"), &a, &l, &e), -1);
	assert_non_null(strstr(e.text, "line 1: licence"));
}

static void test_too_many_lines(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 24);
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	struct err e = {0};
	struct lock l;

	(void)state;
	for (int i = 0; i <= LOCK_LINES_MAX; i++)
		buf_fmt(&text, "p%d 1 sid pool/f%d 1 " HASH " source MIT\n", i,
			i);
	assert_int_equal(lock_parse(buf_view(&text), &a, &l, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_lines),
		cmocka_unit_test(test_shared_cases),
		cmocka_unit_test(test_refuses_carriage_returns),
		cmocka_unit_test(test_too_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
