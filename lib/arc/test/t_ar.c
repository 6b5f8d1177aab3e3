/*
 * ar: an archive made by the host's ar with long and repeated names, a thin
 * one, and damaged ones made here.
 */
#include "lib/arc/ar.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_NAME "a_name_of_more_than_sixteen_bytes.o"
#define SCRIPT                                                                 \
	"cd %s && mkdir x y && echo 'int in_x;' | gcc -xc -c -o x/twin.o - "   \
	"&& "                                                                  \
	"echo 'int in_y;' | gcc -xc -c -o y/twin.o - && "                      \
	"echo 'int in_z;' | gcc -xc -c -o " LONG_NAME " - && "                 \
	"ar qcs full.a x/twin.o y/twin.o " LONG_NAME " && "                    \
	"ar --thin -qcs thin.a x/twin.o y/twin.o"

static char dir[] = "/tmp/t_ar.XXXXXX";

static int make_files(void **state)
{
	char command[1024];

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(command, sizeof(command), SCRIPT, dir);
	return system(command);
}

static int remove_files(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void read_file(const char *name, struct buf *out)
{
	char path[128];
	struct err e = {0};

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	*out = buf_growing(1 << 20);
	assert_int_equal(file_read(path, out, &e), 0);
}

/* The place of the member that defines a symbol. */
static size_t member_of(const struct ar *ar, const char *symbol)
{
	for (size_t i = 0; i < ar->n_symbols; i++)
		for (size_t k = 0; k < ar->n_members; k++)
			if (str_is(ar->symbols[i].name, symbol) &&
				ar->symbols[i].head == ar->members[k].head)
				return k;
	fail_msg("no symbol %s", symbol);
	return 0;
}

static void test_full_archive(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf file = {0};
	AUTO_BUF struct buf object = {0};
	struct err e = {0};
	struct ar ar;

	(void)state;
	read_file("full.a", &file);
	read_file("y/twin.o", &object);
	assert_true(ar_is(buf_view(&file)));
	assert_int_equal(ar_read(buf_view(&file), &a, &ar, &e), 0);
	assert_false(ar.is_thin);
	assert_int_equal(ar.n_members, 3);
	assert_true(str_is(ar.members[0].name, "twin.o"));
	assert_true(str_is(ar.members[1].name, "twin.o"));
	assert_true(str_is(ar.members[2].name, LONG_NAME));
	assert_int_equal(member_of(&ar, "in_x"), 0);
	assert_int_equal(member_of(&ar, "in_y"), 1);
	assert_int_equal(member_of(&ar, "in_z"), 2);
	assert_true(str_eq(ar.members[1].data, buf_view(&object)));
	assert_memory_equal(file.p + ar.members[1].offset, object.p, object.n);
}

static void test_thin_archive(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf file = {0};
	struct err e = {0};
	struct ar ar;

	(void)state;
	read_file("thin.a", &file);
	assert_int_equal(ar_read(buf_view(&file), &a, &ar, &e), 0);
	assert_true(ar.is_thin);
	assert_int_equal(ar.n_members, 2);
	assert_true(str_is(ar.members[1].name, "y/twin.o"));
	assert_int_equal(ar.members[1].data.n, 0);
}

#define ROW "%-16s%-12d%-6d%-6d%-8d%-10zu`\n"

static void put_member(struct buf *b, const char *name, const char *bytes)
{
	size_t n = strlen(bytes);

	buf_fmt(b, ROW, name, 0, 0, 0, 100644, n);
	buf_put(b, bytes, n);
	if (n & 1)
		buf_byte(b, '\n');
}

/* "NAME=BYTES@OFFSET " of every member; "!" and the error's text. */
static void expect_walk(struct str archive, const char *wanted)
{
	AUTO_BUF struct buf seen = buf_growing(4096);
	struct ar_walk w;
	struct ar_member one;
	struct err e;
	int more = ar_start(&w, archive, &e);

	while (more == 0 && (more = ar_next(&w, &one, &e)) > 0) {
		buf_fmt(&seen, "%.*s=%.*s@%zu ", STR_ARG(one.name),
			STR_ARG(one.data), one.offset);
		more = 0;
	}
	if (more < 0)
		buf_fmt(&seen, "!%s", e.text);
	assert_string_equal(buf_cstr(&seen), wanted);
}

static void test_walks_members_of_any_length(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<arch>\n");
	expect_walk(buf_view(&b), "");
	put_member(&b, "a.o/", "odd");
	put_member(&b, "b.o/", "even");
	put_member(&b, "a.o/", "");
	expect_walk(buf_view(&b), "a.o=odd@68 b.o=even@132 a.o=@196 ");
}

static void test_walk_leaves_out_the_index(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<arch>\n");
	put_member(&b, "/", "symbols!");
	put_member(
		&b, "//", "a_name_longer_than_15.o/\nanother_long_name.o/\n");
	put_member(&b, "/0", "x");
	put_member(&b, "/25", "yy");
	expect_walk(buf_view(&b), "a_name_longer_than_15.o=x@242 "
				  "another_long_name.o=yy@304 ");
}

static void test_walk_of_a_thin_archive(void **state)
{
	AUTO_BUF struct buf b = buf_growing(4096);

	(void)state;
	buf_text(&b, "!<thin>\n");
	put_member(&b, "//", "dir/one_object.o/\n");
	buf_fmt(&b, ROW, "/0", 0, 0, 0, 644, (size_t)1000);
	buf_fmt(&b, ROW, "two.o/", 0, 0, 0, 644, (size_t)2000);
	expect_walk(buf_view(&b), "dir/one_object.o=@0 two.o=@0 ");
}

static void refuse(struct str file, const char *because)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct ar ar;

	assert_int_equal(ar_read(file, &a, &ar, &e), -1);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

/* A header: name in 16 columns, size in 10 from column 48. */
#define HEAD(name16, size10)                                                   \
	name16 "0           0     0     644     " size10 "`\n"

static void test_refuses_broken(void **state)
{
	(void)state;
	refuse(STR("no archive"), "not an archive");
	refuse(STR("!<arch>\nx"), "broken member header at 8");
	refuse(STR("!<arch>\n" HEAD("a.o/            ", "5         ") "1234"),
		"member at 8 extends beyond the file");
	refuse(STR("!<arch>\n" HEAD("a.o/            ", "-1        ")),
		"broken member header");
	refuse(STR("!<arch>\n" HEAD("/5              ", "0         ")),
		"has no name in the table");
	refuse(STR("!<arch>\n" HEAD("/               ", "3         ") "123"),
		"symbol index is truncated");
	refuse(STR("!<arch>\n" HEAD(
		       "/               ", "4         ") "\xff\xff\xff\xff"),
		"symbol index is truncated");
	refuse(STR("!<arch>\n" HEAD(
		       "/               ", "9         ") "\0\0\0\1\0\0\0\0x"),
		"no name for symbol 0");
	refuse(STR("!<arch>\n" HEAD("/               ", "0         ")),
		"symbol index is truncated");
}

static void test_every_truncation(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf file = {0};
	struct ar ar;

	(void)state;
	read_file("full.a", &file);
	for (size_t n = 0; n < file.n; n++) {
		arena_reset(&a);
		ar_read((struct str){file.p, n}, &a, &ar, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_archive),
		cmocka_unit_test(test_thin_archive),
		cmocka_unit_test(test_walks_members_of_any_length),
		cmocka_unit_test(test_walk_leaves_out_the_index),
		cmocka_unit_test(test_walk_of_a_thin_archive),
		cmocka_unit_test(test_refuses_broken),
		cmocka_unit_test(test_every_truncation),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
