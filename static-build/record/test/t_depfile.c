/* The files that dependency files name: gcc's, ld's, and broken ones. */
#include "static-build/record/depfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <string.h>

/* All names of the first rule, each followed by '|'. */
static const char *names_of(const char *text, struct buf *out)
{
	AUTO_BUF struct buf name = buf_growing(4096);
	struct str rest = str_of(text);

	buf_reset(out);
	if (!depfile_start(&rest))
		return "no rule";
	while (depfile_next(&rest, &name)) {
		buf_str(out, buf_view(&name));
		buf_byte(out, '|');
	}
	return buf_cstr(out);
}

static void expect(const char *text, const char *names)
{
	AUTO_BUF struct buf out = buf_growing(4096);

	assert_string_equal(names_of(text, &out), names);
}

static void reads_one_line(void **state)
{
	(void)state;
	expect("a.o: a.c b.h\n", "a.c|b.h|");
	expect("a.o: a.c", "a.c|");
	expect("a.o:\n", "");
}

static void joins_continued_lines(void **state)
{
	(void)state;
	expect("a.o: a.c \\\n b.h \\\n\tc.h\n", "a.c|b.h|c.h|");
	expect("a.o: a.c \\\r\n b.h\r\n", "a.c|b.h|");
	expect("a.o: \\\n  a.c\n", "a.c|");
}

static void stops_after_the_first_rule(void **state)
{
	(void)state;
	expect("a.o: a.c b.h\n\nb.h:\n", "a.c|b.h|");
}

static void undoes_escapes(void **state)
{
	(void)state;
	expect("a.o: with\\ blank.c\n", "with blank.c|");
	expect("a.o: hash\\#.c dollar$$.c\n", "hash#.c|dollar$.c|");
	expect("a.o: back\\\\slash.c\n", "back\\slash.c|");
	expect("a.o: odd\\name.c\n", "odd\\name.c|");
}

static void keeps_colons_in_names(void **state)
{
	(void)state;
	expect("c:/x/a.o: c:/x/a.c\n", "c:/x/a.c|");
	expect("a\\ b.o: a.c\n", "a.c|");
}

static void survives_what_is_no_rule(void **state)
{
	(void)state;
	expect("", "no rule");
	expect("no colon here", "no rule");
	expect("a.o: x\\", "x\\|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_one_line),
		cmocka_unit_test(joins_continued_lines),
		cmocka_unit_test(stops_after_the_first_rule),
		cmocka_unit_test(undoes_escapes),
		cmocka_unit_test(keeps_colons_in_names),
		cmocka_unit_test(survives_what_is_no_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
