/* linkmap: a map in ld's form with each of its oddities, and broken ones. */
#include "sbom/link/linkmap.h"
#include "sbom/link/mapword.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Columns as ld 2.40 prints them. */
static const char map_text[] =
	"Archive member included to satisfy reference by file (symbol)\n"
	"\n"
	"lib/libz.a(crc32.o)           /tmp/x.o (crc32)\n"
	"/very/long/path/lib/libc.a(__libc_start_main.lo)\n"
	"                              lib/rcrt1.o (__libc_start_main)\n"
	"lib/libc.a(u.lo)\n"
	"                              (forced)\n"
	"\n"
	"Discarded input sections\n"
	"\n"
	" .text          0x0000000000000000       0x10 lib/libz.a(crc32.o)\n"
	" .note.GNU-stack\n"
	"                0x0000000000000000        0x0 /tmp/x.o\n"
	"\n"
	"Memory Configuration\n"
	"\n"
	"Name             Origin             Length             Attributes\n"
	"*default*        0x0000000000000000 0xffffffffffffffff\n"
	"\n"
	"Linker script and memory map\n"
	"\n"
	"LOAD lib/rcrt1.o\n"
	"LOAD lib/libc.a\n"
	"                0x00000000000001c8                . = SIZEOF_HEADERS\n"
	"\n"
	".hash           0x00000000000001c8       0x10\n"
	" *(.hash)\n"
	" .hash          0x00000000000001c8       0x10 lib/rcrt1.o\n"
	"\n"
	".text           0x0000000000001000      0x130\n"
	" *(.text.unlikely .text.*_unlikely .text.unlikely.*)\n"
	" .text          0x0000000000001000       0x16 lib/rcrt1.o\n"
	"                0x0000000000001000                _start\n"
	" *fill*         0x0000000000001016        0xa \n"
	" .text.a_rather_long_name\n"
	"                0x0000000000001020      0x100 lib/libz.a(crc32.o)\n"
	"                0x0000000000001020                crc32\n"
	" .text          0x0000000000001120       0x10 "
	"/very/long/path/lib/libc.a(__libc_start_main.lo)\n"
	"\n"
	".rodata         0x0000000000002000       0x28\n"
	" .rodata.str    0x0000000000002000       0x20 /tmp/x.o\n"
	"                                         0x30 (size before relaxing)\n"
	" .rodata.str    0x0000000000002020       0x40 lib/libc.a(u.lo)\n"
	" .rodata.b      0x0000000000002020        0x0 /tmp/x.o\n"
	" .rodata        0x0000000000002020        0x8 lib/libz.a(crc32.o)\n"
	"\n"
	".a_long_output_section\n"
	"                0x0000000000003000        0x8\n"
	" .data          0x0000000000003000        0x8 /tmp/x.o\n"
	"\n"
	".comment        0x0000000000000000       0x26\n"
	" .comment       0x0000000000000000       0x26 /tmp/x.o\n"
	"OUTPUT(p elf64-x86-64)\n";

/* The first row of a section of an input; "" for a gap. */
static const struct linkmap_row *row(
	const struct linkmap *m, const char *file, const char *section)
{
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct linkmap_row *x = &m->rows[i];
		struct str of =
			x->input == 0 ? STR("") : m->inputs[x->input - 1];

		if (str_is(of, file) && str_is(x->section, section))
			return x;
	}
	fail_msg("no row of %s in %s", section, file);
	return NULL;
}

static void has(const struct linkmap *m, const struct linkmap_row *x,
	const char *output, uint64_t address, uint64_t size)
{
	assert_true(str_is(m->outputs[x->output].name, output));
	assert_int_equal(x->address, address);
	assert_int_equal(x->size, size);
}

static void test_reads_a_map(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct linkmap m;

	(void)state;
	assert_int_equal(linkmap_parse(str_of(map_text), &a, &m, &e), 0);
	assert_int_equal(m.n_taken, 3);
	assert_true(str_is(m.taken[0].archive, "lib/libz.a"));
	assert_true(str_is(m.taken[0].member, "crc32.o"));
	assert_true(str_is(m.taken[0].symbol, "crc32"));
	assert_true(str_is(m.taken[1].symbol, "__libc_start_main"));
	assert_true(str_is(m.taken[2].member, "u.lo"));
	assert_int_equal(m.n_inputs, 5);
	assert_int_equal(m.n_outputs, 5);
	assert_true(str_is(m.outputs[3].name, ".a_long_output_section"));
	assert_int_equal(m.outputs[3].address, 0x3000);
	assert_int_equal(m.outputs[3].size, 8);
	has(&m, row(&m, "lib/rcrt1.o", ".hash"), ".hash", 0x1c8, 0x10);
	has(&m, row(&m, "lib/rcrt1.o", ".text"), ".text", 0x1000, 0x16);
	has(&m, row(&m, "", "*fill*"), ".text", 0x1016, 0xa);
	has(&m, row(&m, "lib/libz.a(crc32.o)", ".text.a_rather_long_name"),
		".text", 0x1020, 0x100);
	has(&m, row(&m, "/tmp/x.o", ".rodata.str"), ".rodata", 0x2000, 0x20);
	has(&m, row(&m, "/tmp/x.o", ".data"), ".a_long_output_section", 0x3000,
		8);
}

/* Sections keep the size that they have in their object. */
static void test_merged_sections(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	const struct linkmap_row *x;
	struct err e = {0};
	struct linkmap m;

	(void)state;
	assert_int_equal(linkmap_parse(str_of(map_text), &a, &m, &e), 0);
	assert_int_equal(row(&m, "/tmp/x.o", ".rodata.str")->full, 0x30);
	assert_int_equal(row(&m, "/tmp/x.o", ".data")->full, 8);
	/* the row of u.lo overlaps the next one: absorbed elsewhere */
	x = row(&m, "lib/libc.a(u.lo)", ".rodata.str");
	assert_int_equal(x->size, 0);
	assert_int_equal(x->full, 0x40);
}

/* A gap and a section that both vanish, the last of their output. */
static void test_phantoms_at_the_end(void **state)
{
	const struct str text =
		STR("Linker script and memory map\n"
		    ".rodata         0x0000000000001000       0x10\n"
		    " .rodata        0x0000000000001000       0x10 a.o\n"
		    " *fill*         0x0000000000001010        0x4 \n"
		    " .rodata.str    0x0000000000001014        0x7 b.o\n"
		    "\n"
		    ".data           0x0000000000002000        0x4\n"
		    " .data          0x0000000000002000        0x4 a.o\n");
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct linkmap m;

	(void)state;
	assert_int_equal(linkmap_parse(text, &a, &m, &e), 0);
	assert_int_equal(m.n_rows, 3);
	has(&m, row(&m, "a.o", ".rodata"), ".rodata", 0x1000, 0x10);
	has(&m, row(&m, "b.o", ".rodata.str"), ".rodata", 0x1014, 0);
	has(&m, row(&m, "a.o", ".data"), ".data", 0x2000, 4);
}

/* For arm64, ld puts code of its own behind a section, and a page after it. */
static void test_code_of_the_linker(void **state)
{
	const struct str text = STR(
		"Linker script and memory map\n"
		".text           0x0000000000001000     0x2010\n"
		" .text          0x0000000000001000       0x28 a.o\n"
		" *fill*         0x0000000000001028        0x8 1f2003d5\n"
		" .text.a_long_name.stub\n"
		"                0x0000000000001030       0x20 linker stubs\n"
		" .text          0x0000000000002030       0x10 a.o\n"
		"OUTPUT(p elf64-littleaarch64)\n"
		"LOAD linker stubs\n");
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	const struct linkmap_row *x;
	struct err e = {0};
	struct linkmap m;

	(void)state;
	assert_int_equal(linkmap_parse(text, &a, &m, &e), 0);
	assert_int_equal(m.n_inputs, 1);
	x = row(&m, "", ".text.a_long_name.stub");
	has(&m, x, ".text", 0x1030, 0x20);
	assert_true(x->is_made);
	assert_false(row(&m, "a.o", ".text")->is_made);
}

static void refuse(struct str text, const char *because)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct err e = {0};
	struct linkmap m;

	assert_int_equal(linkmap_parse(text, &a, &m, &e), -1);
	assert_int_equal(e.kind, ERR_INPUT);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

#define HEAD "Linker script and memory map\n.text 0x1000 0x10\n"

static void test_refuses_nonsense(void **state)
{
	(void)state;
	refuse(STR(""), "not a complete map of GNU ld");
	refuse(STR("hello\n"), "not a complete map of GNU ld");
	refuse(str_sub(str_of(map_text), 0, 400),
		"not a complete map of GNU ld");
	refuse(STR(HEAD " .text 0x10000000000000000 0x1 a.o\n"),
		"line 3: a number beyond 64 bits");
	refuse(STR(HEAD " .text 0xffffffffffffffff 0x1 a.o\n"), "64 bits");
	refuse(STR(HEAD " .text 0x0 0x8 a.o\n"
			"                0x10000000000000000 (size before "
			"relaxing)\n"),
		"line 4: a number beyond 64 bits");
}

static void test_splits_names(void **state)
{
	struct str path, member;

	(void)state;
	assert_true(mapword_split(STR("a(1)/libc.a(b.o)"), &path, &member));
	assert_true(str_is(path, "a(1)/libc.a"));
	assert_true(str_is(member, "b.o"));
	assert_false(mapword_split(STR("b.o"), &path, &member));
	assert_true(str_is(path, "b.o"));
	assert_false(mapword_split(STR("(b.o)"), &path, &member));
	assert_false(mapword_split(STR("a()"), &path, &member));
	assert_false(mapword_split(STR(")"), &path, &member));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_a_map),
		cmocka_unit_test(test_merged_sections),
		cmocka_unit_test(test_phantoms_at_the_end),
		cmocka_unit_test(test_code_of_the_linker),
		cmocka_unit_test(test_refuses_nonsense),
		cmocka_unit_test(test_splits_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
