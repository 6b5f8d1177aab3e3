/*
 * Tests of sbom/index: what is written is read, and what is no index is not.
 */
#include "sbom/index/index_make.h"
#include "sbom/index/index_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MEMORY ((size_t)1 << 20)
#define ID     "\"git\":\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\""

static void names(const char *file, const char *name, const char *version)
{
	struct str n, v;
	struct err e = {0};

	assert_int_equal(index_name_split(str_of(file), &n, &v, &e), 0);
	assert_true(str_is(n, name));
	assert_true(str_is(v, version));
}

static void name_and_version(void **state)
{
	struct str n, v;
	struct err e = {0};

	(void)state;
	names("zlib-1.3.1.tar.gz", "zlib", "1.3.1");
	names("zlib-1.3.1", "zlib", "1.3.1");
	names("jq-v1.7-rc1.tar.xz", "jq", "1.7-rc1");
	names("x-utils-5.8.1.tgz", "x-utils", "5.8.1");
	names("zlib_1.3.dfsg+really1.3.1.orig.tar.gz", "zlib", "1.3.1");
	names("libzstd_1.5.7+dfsg.orig.tar.xz", "libzstd", "1.5.7");
	assert_int_equal(
		index_name_split(STR("vendor.tar.gz"), &n, &v, &e), -1);
	assert_non_null(strstr(e.text, "--as"));
}

static int add(struct index_maker *k, const char *path, const char *text)
{
	return index_make_add(k, str_of(path), str_of(text), NULL);
}

/* Two packages, given in no order. */
static void make(struct index_maker *k)
{
	assert_int_equal(add(k, "zlib-1.3.1/inflate.c", "b"), 0);
	assert_int_equal(add(k, "zlib-1.3.1/adler32.c", "old"), 0);
	assert_int_equal(add(k, "zlib-1.3.1/adler32.c", "a"), 0);
	assert_int_equal(add(k, "zlib-1.3.1/empty", ""), 0);
	assert_int_equal(add(k, "zlib-1.3.1/../out", "x"), 0);
	assert_int_equal(index_make_package(k,
				 (struct indexed_package){.name = STR("zlib"),
					 .version = STR("1.3.1"),
					 .archive = STR("z.tgz"),
					 .sha256 = STR("12")},
				 NULL),
		0);
	assert_int_equal(add(k, "./a.c", "a"), 0);
	assert_int_equal(add(k, "src/b.c", "b"), 0);
	assert_int_equal(index_make_package(k,
				 (struct indexed_package){.name = STR("other"),
					 .version = STR("2")},
				 NULL),
		0);
	assert_int_equal(index_make_order(k, NULL), 0);
}

/* The ids are those of `printf a | git hash-object --stdin`. */
static const char whole[] =
	"{\"index\":1}\n"
	"{\"package\":\"other\",\"version\":\"2\",\"archive\":\"\"}\n"
	"{\"path\":\"a.c\","
	"\"git\":\"2e65efe2a145dda7ee51d1741299f848e5bf752e\",\"size\":1}\n"
	"{\"path\":\"src/b.c\","
	"\"git\":\"63d8dbd40c23542e740659a7168a0ce3138ea748\",\"size\":1}\n"
	"{\"package\":\"zlib\",\"version\":\"1.3.1\",\"archive\":\"z.tgz\","
	"\"sha256\":\"12\"}\n"
	"{\"path\":\"adler32.c\","
	"\"git\":\"2e65efe2a145dda7ee51d1741299f848e5bf752e\",\"size\":1}\n"
	"{\"path\":\"inflate.c\","
	"\"git\":\"63d8dbd40c23542e740659a7168a0ce3138ea748\",\"size\":1}\n";

static void written_and_read(void **state)
{
	AUTO_ARENA struct arena a = arena_make(MEMORY);
	AUTO_BUF struct buf out = buf_growing(MEMORY);
	struct index_maker k = {.arena = &a};
	const struct indexed_file *f;
	struct file_index x;
	struct err e = {0};

	(void)state;
	make(&k);
	file_index_write(&k.index, &out);
	assert_string_equal(buf_cstr(&out), whole);
	assert_int_equal(file_index_parse(buf_view(&out), &a, &x, &e), 0);
	assert_int_equal(x.n_packages, 2);
	f = file_index_find(&x, 1, STR("inflate.c"));
	assert_non_null(f);
	assert_int_equal(f->size, 1);
	assert_null(file_index_find(&x, 0, STR("inflate.c")));
	assert_null(file_index_find(&x, 1, STR("b.c")));
	assert_non_null(table_find(&x.by_id, f->id));
}

/* As in tarballs from a machine with another character set. */
static void paths_that_are_no_utf8_are_left_out(void **state)
{
	AUTO_ARENA struct arena a = arena_make(MEMORY);
	AUTO_BUF struct buf out = buf_growing(MEMORY);
	struct index_maker k = {.arena = &a};
	const struct indexed_package p = {
		.name = STR("p"), .version = STR("1"), .archive = STR("p-1")};
	struct file_index x;
	struct err e = {0};

	(void)state;
	assert_int_equal(add(&k, "p-1/caf\xe9.c", "a"), 0);
	assert_int_equal(add(&k, "p-1/caf\xc3\xa9.c", "b"), 0);
	assert_int_equal(index_make_package(&k, p, NULL), 0);
	file_index_write(&k.index, &out);
	assert_int_equal(file_index_parse(buf_view(&out), &a, &x, &e), 0);
	assert_int_equal(x.n_files, 1);
	assert_non_null(file_index_find(&x, 0, STR("caf\xc3\xa9.c")));
}

static void given_twice(void **state)
{
	AUTO_ARENA struct arena a = arena_make(MEMORY);
	struct index_maker k = {.arena = &a};
	const struct indexed_package p = {
		.name = STR("p"), .version = STR("1"), .archive = STR("p-1")};

	(void)state;
	assert_int_equal(add(&k, "a", "a"), 0);
	assert_int_equal(index_make_package(&k, p, NULL), 0);
	assert_int_equal(add(&k, "a", "a"), 0);
	assert_int_equal(index_make_package(&k, p, NULL), 0);
	assert_int_equal(index_make_order(&k, NULL), -1);
}

static void refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "line 1"},
		{"{}", "not an index"},
		{"{\"index\":2}", "format 2"},
		{"{\"index\":1}\n{\"path\":\"a\"," ID "}", "before any"},
		{"{\"index\":1}\n{\"package\":\"\",\"version\":\"1\"}",
			"no name"},
		{"{\"index\":1}\n{\"package\":\"p\"}", "version"},
		{"{\"index\":1}\n{\"package\":\"p\",\"version\":\"1\"}\n"
		 "{\"path\":\"../a\"," ID "}",
			"line 3: path"},
		{"{\"index\":1}\n{\"package\":\"p\",\"version\":\"1\"}\n"
		 "{\"path\":\"/a\"," ID "}",
			"line 3: path"},
		{"{\"index\":1}\n{\"package\":\"p\",\"version\":\"1\"}\n"
		 "{\"path\":\"b\"," ID "}\n{\"path\":\"a\"," ID "}",
			"line 4: path"},
		{"{\"index\":1}\n{\"package\":\"p\",\"version\":\"1\"}\n"
		 "{\"path\":\"b\",\"git\":\"12\"}",
			"line 3: git"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		AUTO_ARENA struct arena a = arena_make(MEMORY);
		struct file_index x;
		struct err e = {0};

		assert_int_equal(
			file_index_parse(str_of(cases[i].text), &a, &x, &e),
			-1);
		assert_non_null(strstr(e.text, cases[i].why));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_version),
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(paths_that_are_no_utf8_are_left_out),
		cmocka_unit_test(given_twice),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
