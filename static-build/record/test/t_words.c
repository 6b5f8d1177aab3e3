/* Command lines taken apart as the tools themselves do it. */
#include "static-build/record/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include "lib/base/fd.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *joined(const struct words *w, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < w->n; i++)
		buf_fmt(out, "%s|", w->list[i]);
	return buf_cstr(out);
}

static void expect_split(const char *text, const char *wanted)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 16);
	struct words w;

	assert_int_equal(words_split(str_of(text), &a, &w, NULL), 0);
	assert_string_equal(joined(&w, &out), wanted);
}

static void expect_scan(const char *text, const char *wanted)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 16);
	struct words w;

	assert_int_equal(words_scan(str_of(text), &a, &w, NULL), 0);
	assert_string_equal(joined(&w, &out), wanted);
}

static void splits_response_files(void **state)
{
	(void)state;
	expect_split("", "");
	expect_split("-o a.out  b.o\n\tc.o\n", "-o|a.out|b.o|c.o|");
	expect_split("'a b' \"c d\" e\\ f", "a b|c d|e f|");
	expect_split("'' x", "|x|");
	expect_split("'back\\slash'", "back\\slash|");
	expect_split("\"q\\\"q\"", "q\"q|");
	expect_split("unfinished' quote", "unfinished quote|");
}

static void expands_files_on_a_command_line(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 16);
	char path[] = "/tmp/t_words.XXXXXX", word[64];
	char ld[] = "ld", last[] = "z.o", absent[] = "@/nonexistent/x";
	AUTO_FD int fd = mkstemp(path);
	char *argv[] = {ld, word, absent, last, NULL};
	struct words w;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fd_write(fd, "-r a.o\nb.o\n", 11, NULL), 0);
	snprintf(word, sizeof word, "@%s", path);
	assert_int_equal(words_expand(argv, &a, &w, NULL), 0);
	assert_string_equal(
		joined(&w, &out), "ld|-r|a.o|b.o|@/nonexistent/x|z.o|");
	assert_null(w.list[w.n]);
	unlink(path);
}

static void finds_names_in_shell_commands(void **state)
{
	(void)state;
	expect_scan("sed -e s/a/b/ in.h > out.h", "sed|s/a/b/|in.h|out.h|");
	expect_scan("cat<in>>out 2>/dev/null", "cat|in|out|");
	expect_scan("./gen --in=in.tbl;mv 'tmp.c' \"dir/x.c\"",
		"./gen|in.tbl|mv|tmp.c|dir/x.c|");
	expect_scan("CC=gcc cp a.c a.c", "CC=gcc|gcc|cp|a.c|");
	expect_scan("", "");
}

static void scans_many_words(void **state)
{
	AUTO_ARENA struct arena a = arena_make(16 << 20);
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	struct words w;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_fmt(&text, "file%d.c ", i);
	assert_int_equal(words_split(buf_view(&text), &a, &w, NULL), 0);
	assert_int_equal(w.n, 1000);
	assert_string_equal(w.list[999], "file999.c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_response_files),
		cmocka_unit_test(expands_files_on_a_command_line),
		cmocka_unit_test(finds_names_in_shell_commands),
		cmocka_unit_test(scans_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
