/*
 * what a fix is read from: patches, C sources and changelogs, each by small
 * texts of its kind.
 */
#include "sbom/fix/c_parts.h"
#include "sbom/fix/changelog.h"
#include "sbom/fix/patch_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char patch[] = "From: somebody\n"
			    "Subject: fixes CVE-2024-1234\n"
			    "---\n"
			    " a.c | 2 +-\n"
			    "\n"
			    "diff --git a/src/a.c b/src/a.c\n"
			    "--- a/src/a.c\t2024-01-01\n"
			    "+++ b/src/a.c\t2024-01-02\n"
			    "@@ -3,3 +3,4 @@ int f(void)\n"
			    " one\n"
			    "-two\n"
			    "+2\n"
			    "+--- no header\n"
			    " three\n"
			    "@@ -20 +21 @@\n"
			    "-x\n"
			    "+y\n"
			    "--- a/gone.c\n"
			    "+++ /dev/null\n"
			    "@@ -1 +0,0 @@\n"
			    "-all\n"
			    "--- a/b.h\n"
			    "+++ b/b.h\n"
			    "@@ -1,0 +2 @@\n"
			    "+new\n"
			    "\\ No newline at end of file\n";

static void test_hunks(void **state)
{
	static const struct {
		const char *file;
		uint64_t line;
		const char *lines;
	} want[] = {
		{"src/a.c", 3, " one\n-two\n+2\n+--- no header\n three\n"},
		{"src/a.c", 21, "-x\n+y\n"},
		{"b.h", 2, "+new\n"},
	};
	struct patch_text p = {.rest = str_of(patch)};
	struct patch_hunk h;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(patch_text_next(&p, &h));
		assert_true(str_is(h.file, want[i].file));
		assert_int_equal(h.line, want[i].line);
		assert_true(str_is(h.lines, want[i].lines));
	}
	assert_false(patch_text_next(&p, &h));
	assert_true(str_has_suffix(
		patch_text_head(str_of(patch)), STR(" a.c | 2 +-\n\n")));
}

static const char source[] = "/* int no(void) { */\n"
			     "#include <a.h>\n"
			     "#define MAX(a, b) \\\n"
			     "\t((a) > (b) ? (a) : (b))\n"
			     "static const char *const names[] = {\n"
			     "\t\"}\", \"{\",\n"
			     "};\n"
			     "struct pair {\n"
			     "\tint a, b;\n"
			     "};\n"
			     "int declared(int a);\n"
			     "static int\n"
			     "first(int a, char b) __attribute__((cold))\n"
			     "{\n"
			     "#ifdef A\n"
			     "\tif (a) {\n"
			     "#else\n"
			     "\tif (b) {\n"
			     "#endif\n"
			     "\t\treturn '{';\n"
			     "\t}\n"
			     "\treturn 1;\n"
			     "}\n"
			     "int count = 7;\n"
			     "struct pair *second(void) { return 0; }\n";

static void test_parts(void **state)
{
	static const struct {
		enum c_part_kind kind;
		const char *name;
		size_t first, last;
	} want[] = {
		{C_MACRO, "MAX", 3, 4},
		{C_VARIABLE, "names", 5, 7},
		{C_TYPE, "pair", 8, 10},
		{C_DECLARED, "declared", 11, 11},
		{C_FUNCTION, "first", 12, 23},
		{C_VARIABLE, "count", 24, 24},
		{C_FUNCTION, "second", 25, 25},
	};
	struct c_parts c = {.text = str_of(source)};
	struct c_part part;

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(c_parts_next(&c, &part));
		if (!str_is(part.name, want[i].name))
			fail_msg("%.*s, not %s", STR_ARG(part.name),
				want[i].name);
		assert_int_equal(part.kind, want[i].kind);
		assert_int_equal(part.first, want[i].first);
		assert_int_equal(part.last, want[i].last);
	}
	assert_false(c_parts_next(&c, &part));
}

static const char log_text[] = "demo (1.0-2) unstable; urgency=high\n"
			       "\n"
			       "  * Fix two things\n"
			       "    (CVE-2024-1234, cve-2024-12)\n"
			       "  * Nothing else\n"
			       "\n"
			       " -- A <a@example.org>  Mon, 01 Jan 2024\n"
			       "\n"
			       "demo (1.0-1) unstable; urgency=low\n"
			       "\n"
			       "  * First (Closes: #1)\n"
			       "\n"
			       " -- A <a@example.org>  Mon, 01 Jan 2023\n";

static void test_changelog(void **state)
{
	struct changelog c = {.rest = str_of(log_text)};
	struct changelog_item item;

	(void)state;
	assert_true(changelog_next(&c, &item));
	assert_true(str_is(item.version, "1.0-2"));
	assert_true(changelog_names(item.text, STR("CVE-2024-1234")));
	assert_true(changelog_names(item.text, STR("CVE-2024-12")));
	assert_false(changelog_names(item.text, STR("CVE-2024-1")));
	assert_false(changelog_names(item.text, STR("CVE-2024-123")));
	assert_true(changelog_next(&c, &item));
	assert_true(str_is(item.text, "* Nothing else"));
	assert_true(changelog_next(&c, &item));
	assert_true(str_is(item.version, "1.0-1"));
	assert_false(changelog_next(&c, &item));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hunks),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_changelog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
