/* Archives: long names, odd sizes, thin ones, and what is broken. */
#include "static-build/record/members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include "lib/base/buf.h"

#include <cmocka.h>
#include <string.h>

#define HEADER "%-16s%-12d%-6d%-6d%-8d%-10zu`\n"

static void put_member(struct buf *b, const char *name, const char *bytes)
{
	size_t n = strlen(bytes);

	buf_fmt(b, HEADER, name, 0, 0, 0, 100644, n);
	buf_put(b, bytes, n);
	if (n & 1)
		buf_byte(b, '\n');
}

/* "NAME=BYTES@OFFSET " of every member; "!" and the error's text. */
static void expect(struct str archive, const char *wanted)
{
	AUTO_BUF struct buf seen = buf_growing(4096);
	struct members m;
	struct member one;
	struct err e;
	int more = members_start(&m, archive, &e);

	while (more == 0 && (more = members_next(&m, &one, &e)) > 0) {
		buf_fmt(&seen, "%.*s=%.*s@%zu ", STR_ARG(one.name),
			STR_ARG(one.bytes), one.offset);
		more = 0;
	}
	if (more < 0)
		buf_fmt(&seen, "!%s", e.text);
	assert_string_equal(buf_cstr(&seen), wanted);
}

static void walks_members_of_any_length(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<arch>\n");
	expect(buf_view(&b), "");
	put_member(&b, "a.o/", "odd");
	put_member(&b, "b.o/", "even");
	put_member(&b, "a.o/", "");
	expect(buf_view(&b), "a.o=odd@68 b.o=even@132 a.o=@196 ");
}

static void leaves_out_the_index_and_finds_long_names(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<arch>\n");
	put_member(&b, "/", "symbols!");
	put_member(
		&b, "//", "a_name_longer_than_15.o/\nanother_long_name.o/\n");
	put_member(&b, "/0", "x");
	put_member(&b, "/25", "yy");
	expect(buf_view(&b), "a_name_longer_than_15.o=x@242 "
			     "another_long_name.o=yy@304 ");
}

static void sees_no_bytes_in_a_thin_archive(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<thin>\n");
	put_member(&b, "//", "dir/one_object.o/\n");
	buf_fmt(&b, HEADER, "/0", 0, 0, 0, 644, (size_t)1000);
	buf_fmt(&b, HEADER, "two.o/", 0, 0, 0, 644, (size_t)2000);
	expect(buf_view(&b), "dir/one_object.o=@0 two.o=@0 ");
}

static void refuses_what_is_broken(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	expect(STR(""), "!not an archive");
	expect(STR("\x7f"
		   "ELF"),
		"!not an archive");
	expect(STR("!<arch>\nabc"), "!cut off at byte 8");
	buf_text(&b, "!<arch>\n");
	buf_fmt(&b, HEADER, "a.o/", 0, 0, 0, 644, (size_t)100);
	expect(buf_view(&b), "!cut off at byte 68");
	buf_reset(&b);
	buf_text(&b, "!<arch>\n");
	put_member(&b, "/99", "x");
	expect(buf_view(&b), "!name outside the name table");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_members_of_any_length),
		cmocka_unit_test(leaves_out_the_index_and_finds_long_names),
		cmocka_unit_test(sees_no_bytes_in_a_thin_archive),
		cmocka_unit_test(refuses_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
