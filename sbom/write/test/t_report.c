/*
 * report - the table and the JSON of a trace written here by hand, compared
 * whole; what no object has alone stands in rows of its own.
 */
#include "sbom/write/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct lock_line musl = {
	.package = {"musl", 4},
	.version = {"1.2.5-3", 7},
	.licence = {"MIT", 3},
};

static const struct evidence_file host = {
	.path = {"/usr/lib/gcc/x/crt.o", 20},
	.package = {"libgcc-12-dev", 13},
	.version = {"12.2.0-14", 9},
};

static struct trace_library libc = {
	.file = {.path = {"build/sysroot/lib/libc.a", 24}},
	.origin = {.kind = ORIGIN_GENERATED, .package = &musl},
	.members = 1347,
	.taken = 2,
	.bytes = 300,
};

static struct trace_file sources[] = {
	{.file = {.path = {"prog/main.c", 11}},
		.is_source = true,
		.origin = {.kind = ORIGIN_OURS}},
	{.file = {.path = {"/usr/lib/gcc/x/crt.o", 20}},
		.origin = {.kind = ORIGIN_HOST, .record = &host}},
	{.file = {.path = {"src/a.c", 7}},
		.is_source = true,
		.origin = {.kind = ORIGIN_PINNED, .package = &musl}},
	{.file = {.path = {"src/a.h", 7}},
		.is_header = true,
		.origin = {.kind = ORIGIN_PINNED, .package = &musl}},
};

static struct trace_object objects[] = {
	{.name = {"main.o", 6}, .source = &sources[0], .bytes = 1000},
	{.name = {"part.o", 6}, .source = &sources[0], .bytes = 30},
	{.name = {"crt.o", 5}, .source = &sources[1], .bytes = 7},
	{.name = {"a.lo", 4},
		.source = &sources[2],
		.library = &libc,
		.bytes = 100},
	{.name = {"b.lo", 4},
		.source = &sources[2],
		.library = &libc,
		.bytes = 200},
};

static const char table[] = "p: 5 objects from 2 sources with 1 header\n"
			    "\n"
			    "LIBRARY           LINKED           BYTES  "
			    "SOURCE                            LICENCE\n"
			    "(objects)         2                 1030  "
			    "keelson                           Apache-2.0\n"
			    "libc.a            2 of 1347          300  "
			    "musl 1.2.5-3                      "
			    "BSD-3-Clause AND MIT\n"
			    "(linker tables)                       80\n"
			    "(padding)                             60\n"
			    "(shared texts)                        20\n"
			    "(start files)     1                    7  "
			    "libgcc-12-dev 12.2.0-14           "
			    "GPL-3.0-or-later WITH GCC-exception-3.1\n"
			    "all               5                 1497\n";

/* A report of the lists above. */
static void make(struct arena *a, struct report *out)
{
	struct trace_object *o[5];
	struct trace_file *f[4];
	struct trace_library *l[] = {&libc};
	static const struct evidence ours = {.project = {"keelson", 7}};
	struct trace t = {.basis = {.evidence = &ours, .arena = a},
		.files = f,
		.n_files = 4,
		.libraries = l,
		.n_libraries = 1,
		.objects = o,
		.n_objects = 5,
		.sums = {.shared = 20, .padding = 60, .made = 80}};
	static const struct str licences[] = {{"Apache-2.0", 10},
		{"Apache-2.0", 10},
		{"GPL-3.0-or-later WITH GCC-exception-3.1", 39}, {"MIT", 3},
		{"BSD-3-Clause", 12}};
	struct err e = {0};

	for (size_t i = 0; i < 5; i++) {
		o[i] = &objects[i];
		o[i]->order = (uint32_t)i;
	}
	for (size_t i = 0; i < 4; i++)
		f[i] = &sources[i];
	assert_int_equal(report_make(&t, licences, out, &e), 0);
}

static void test_table(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct report r;

	(void)state;
	make(&a, &r);
	report_table(&r, "p", &out);
	assert_string_equal(buf_cstr(&out), table);
}

static void test_json(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1 << 20);
	struct str text;
	struct report r;

	(void)state;
	make(&a, &r);
	report_json(&r, "p", STR("00ff"), &out);
	text = buf_view(&out);
	assert_true(str_has_prefix(text,
		STR("{\n \"program\": \"p\",\n \"sha256\": \"00ff\",\n"
		    " \"objects\": 5,\n \"sources\": 2,\n \"headers\": 1,\n"
		    " \"bytes\": 1497,\n \"linked\": [\n  {\n"
		    "   \"name\": \"(objects)\",\n   \"linked\": 2,\n"
		    "   \"bytes\": 1030,\n   \"package\": \"keelson\",\n"
		    "   \"licence\": \"Apache-2.0\"\n  },\n")));
	assert_true(str_has_suffix(text, STR("]\n}\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
