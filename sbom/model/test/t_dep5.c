/* dep5: which paragraph of a debian/copyright a file belongs to. */
#include "sbom/model/dep5.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char text[] =
	"Format: https://www.debian.org/doc/packaging-manuals/copyright-"
	"format/1.0/\n"
	"License: not-of-a-paragraph-with-files\n"
	"\n"
	"Files: *\n"
	"Copyright: 2020 Somebody\n"
	"License: Expat\n"
	"\n"
	"files: include/*\n"
	"       arch/*/bits/*\n"
	"       ./lib/md?.c\n"
	"License: public-domain\n"
	" Files: none of this\n"
	" .\n"
	" src/*\n"
	"\n"
	"Files: include/sys/queue.h\n"
	"License: BSD-3-clause or GPL-2+\n"
	"\n"
	"License: Expat\n"
	" Permission is hereby granted\n";

static void is(const char *path, const char *licence)
{
	struct str got = dep5_licence(str_of(text), str_of(path));

	if (!str_is(got, licence))
		fail_msg("%s: %.*s", path, STR_ARG(got));
}

static void test_last_match_counts(void **state)
{
	(void)state;
	is("src/a.c", "Expat");
	is("include/a.h", "public-domain");
	is("arch/x/y/bits/z.h", "public-domain");
	is("lib/md5.c", "public-domain");
	is("lib/md55.c", "Expat");
	is("include/sys/queue.h", "BSD-3-clause or GPL-2+");
}

static void test_fields_of_a_file(void **state)
{
	struct dep5_fields f = dep5_file(str_of(text), STR("include/a.h"));

	(void)state;
	assert_true(str_is(f.licence, "public-domain"));
	assert_true(str_is(f.wording, " Files: none of this\n .\n src/*"));
	assert_int_equal(f.copyright.n, 0);
	f = dep5_file(str_of(text), STR("src/a.c"));
	assert_true(str_is(f.copyright, "2020 Somebody"));
	assert_int_equal(f.wording.n, 0);
	f = dep5_file(STR("Format: 1\n\nFiles: *\nCopyright:\n 1 A\n 2 B\n"
			  "License: MIT\n"),
		STR("a"));
	assert_true(str_is(f.copyright, " 1 A\n 2 B"));
}

static void test_paragraphs_in_turn(void **state)
{
	static const char *const names[] = {"not-of-a-paragraph-with-files",
		"Expat", "public-domain", "BSD-3-clause or GPL-2+", "Expat"};
	struct str rest = str_of(text);
	struct dep5_fields f = {0};
	size_t n = 0;

	(void)state;
	while (dep5_next(&rest, &f))
		assert_true(str_is(f.licence, names[n++]));
	assert_int_equal(n, 5);
	assert_true(str_is(f.wording, " Permission is hereby granted"));
}

static void test_other_forms(void **state)
{
	(void)state;
	assert_int_equal(dep5_licence(STR(""), STR("a")).n, 0);
	assert_int_equal(dep5_licence(STR("This package was debianized by me.\n"
					  "Files: *\nLicense: MIT\n"),
				 STR("a"))
				 .n,
		0);
	/* a paragraph without a name of a licence says nothing */
	assert_int_equal(
		dep5_licence(
			STR("Format: 1.0\n\nFiles: *\nLicense:\n"), STR("a"))
			.n,
		0);
}

static void test_patterns(void **state)
{
	(void)state;
	assert_true(dep5_matches(STR("*"), STR("")));
	assert_true(dep5_matches(STR("a*b*c"), STR("a/x/b/bc")));
	assert_false(dep5_matches(STR("a*b*c"), STR("a/x/b/bd")));
	assert_false(dep5_matches(STR(""), STR("a")));
	assert_true(dep5_matches(STR("**"), STR("ab")));
	assert_false(dep5_matches(STR("?"), STR("")));
}

static void becomes(const char *name, const char *spdx)
{
	AUTO_BUF struct buf b = buf_growing(1024);

	dep5_to_spdx(str_of(name), &b);
	assert_string_equal(buf_cstr(&b), spdx);
}

static void test_spdx(void **state)
{
	(void)state;
	becomes("Expat", "MIT");
	becomes("BSD-3-clause or GPL-2", "BSD-3-Clause OR GPL-2.0-only");
	becomes("BSD-2-clause, and Expat", "BSD-2-Clause AND MIT");
	becomes("GPL-2 or Expat, and ISC", "(GPL-2.0-only OR MIT) AND ISC");
	becomes("ISC or Expat , and PD or Zlib, and CC0-1.0",
		"((ISC OR MIT) AND LicenseRef-public-domain OR Zlib) AND "
		"CC0-1.0");
	becomes("GPL-2 or Expat and ISC", "GPL-2.0-only OR MIT AND ISC");
	becomes("curl or AGPL-3+", "curl OR AGPL-3.0-or-later");
	becomes("public-domain", "LicenseRef-public-domain");
	becomes("OpenSSL+SSLeay", "LicenseRef-OpenSSL-SSLeay");
	becomes("GPL-3+ with autoconf exception",
		"LicenseRef-GPL-3--with-autoconf-exception");
	becomes("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_match_counts),
		cmocka_unit_test(test_fields_of_a_file),
		cmocka_unit_test(test_paragraphs_in_turn),
		cmocka_unit_test(test_other_forms),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_spdx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
