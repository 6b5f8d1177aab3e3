/*
 * notice: a program of a package and of this project's own file is judged; a
 * conflict and a missing text name their chains; texts and copyright lines come
 * from the unpacked source.
 */
#include "sbom/notice/notice.h"

#include "lib/arc/sha256.h"
#include "sbom/licence/rule.h"
#include "sbom/notice/notice_dep5.h"
#include "sbom/sbom.h"
#include "sbom/test/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define LOCK     "static-build/sources.lock"
#define MANIFEST "build/evidence/demo/manifest.jsonl"
#define DEMO     "build/work/demo/demo/"
#define LICENCE  "MIT OR Zlib" /* of the package demo in the lock */

static int make_world(void **state)
{
	static struct world w;

	world_make(&w);
	*state = &w;
	return 0;
}

static int remove_world(void **state)
{
	world_remove(*state);
	return 0;
}

static const struct sbom_project project = {.name = {"keelson", 7},
	.version = {"1", 1},
	.licence = {"Apache-2.0", 10}};

/* What is known of the program, with another licence of demo in the lock. */
static void open_with(
	const struct world *w, const char *licence, struct sbom *out)
{
	static char place[128];
	static struct sbom_file f;
	struct err e = {0};
	struct sbom_request r = {.project = &project,
		.image = "demo",
		.version = "1",
		.arch = "amd64",
		.files = &f,
		.n_files = 1,
		.root = w->root};

	snprintf(place, sizeof(place), "%s/build/bin/prog", w->root);
	f = (struct sbom_file){.path = STR("usr/bin/prog"),
		.place = place,
		.mode = S_IFREG | 0755,
		.sha256 = str_of(w->shipped),
		.sha1 = STR("0000000000000000000000000000000000000000"),
		.origin = SBOM_PROGRAM,
		.name = STR("prog")};
	assert_int_equal(world_edit(w, LOCK, LICENCE, licence), 2);
	if (sbom_open(&r, out, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(world_edit(w, LOCK, licence, LICENCE), 2);
}

static void says(struct str text, const char *words)
{
	if (memmem(text.p, text.n, words, strlen(words)) == NULL)
		fail_msg("no \"%s\" in: %.*s", words, STR_ARG(text));
}

static void test_conflict_has_its_chain(void **state)
{
	struct sbom s;
	const struct notice *n = &s.notice;

	open_with(*state, "GPL-2.0-only", &s);
	assert_int_equal(n->n_programs, 1);
	assert_int_equal(n->programs[0].under, 0);
	assert_int_equal(n->problems[0].kind, NOTICE_CONFLICT);
	says(n->problems[0].text, "usr/bin/prog: licences that exclude");
	says(n->problems[0].text, "  Apache-2.0\n    usr/bin/prog\n    <- ");
	says(n->problems[0].text, "    <- of this project\n");
	says(n->problems[0].text, "  GPL-2.0-only\n    usr/bin/prog\n");
	says(n->problems[0].text, "    <- source demo-1.0-1/");
	says(n->problems[0].text,
		"<- demo 1.0-1, line 1 of the lock: demo_1.0.orig.tar.gz\n");
	sbom_close(&s);
}

static void test_a_licence_that_goes_along(void **state)
{
	struct sbom s;

	open_with(*state, "Apache-2.0 OR GPL-2.0-only", &s);
	assert_int_equal(s.notice.programs[0].under, UNDER_OWN);
	for (size_t i = 0; i < s.notice.n_problems; i++)
		assert_int_not_equal(
			s.notice.problems[i].kind, NOTICE_CONFLICT);
	assert_int_equal(s.notice.parts[1].n_uses, 1);
	assert_true(str_is(s.notice.parts[1].uses[0].id, "Apache-2.0"));
	sbom_close(&s);
}

static void test_missing_text_has_its_chain(void **state)
{
	struct sbom s;

	open_with(*state, "ISC", &s);
	assert_int_equal(s.notice.n_problems, 1);
	assert_int_equal(s.notice.problems[0].kind, NOTICE_MISSING);
	says(s.notice.problems[0].text, "demo 1.0-1: the text of ISC has to");
	says(s.notice.problems[0].text, "    usr/bin/prog\n    <- ");
	says(s.notice.problems[0].text, "    <- licence ISC\n");
	sbom_close(&s);
}

static void test_unknown_licence_is_said(void **state)
{
	struct sbom s;

	open_with(*state, "LicenseRef-odd", &s);
	assert_int_equal(s.notice.n_problems, 1);
	assert_int_equal(s.notice.problems[0].kind, NOTICE_UNKNOWN);
	says(s.notice.problems[0].text, "no rule says what LicenseRef-odd");
	sbom_close(&s);
}

static void test_gpl_offers_all_of_the_program(void **state)
{
	struct sbom s;

	open_with(*state, "GPL-3.0-or-later", &s);
	assert_int_equal(s.notice.programs[0].under, UNDER_GPL3);
	assert_true(s.notice.parts[0].is_offered); /* the project's own */
	assert_true(s.notice.parts[1].is_offered);
	sbom_close(&s);
	open_with(*state, "LGPL-2.1-only", &s);
	assert_int_equal(s.notice.programs[0].under, UNDER_OWN);
	assert_false(s.notice.parts[0].is_offered);
	assert_true(s.notice.parts[1].is_offered);
	assert_int_equal(s.notice.parts[1].duties,
		DUTY_NOTICE | DUTY_SOURCE | DUTY_RELINK);
	sbom_close(&s);
}

/* Put a file into the unpacked source, and into its manifest. */
static void add_file(const struct world *w, const char *path, const char *text)
{
	AUTO_BUF struct buf manifest = {0};
	char hex[SHA256_HEX + 1];

	world_write(w, path, str_of(text));
	world_drop_lines(w, MANIFEST, path); /* of an earlier one */
	sha256_hex(str_of(text), hex);
	world_read(w, MANIFEST, &manifest);
	buf_fmt(&manifest,
		"{\"path\":\"%s\",\"sha256\":\"%s\",\"size\":1,\"archive\":"
		"\"demo_1.0.orig.tar.gz\",\"patches\":[]}\n",
		path, hex);
	world_write(w, MANIFEST, buf_view(&manifest));
}

/* Of a licence whose words are not known, the nearest file is the text. */
static void test_licence_file_as_a_whole(void **state)
{
	struct sbom s;

	add_file(*state, DEMO "LICENSE", "You may use curl.\n");
	open_with(*state, "curl", &s);
	assert_int_equal(s.notice.n_problems, 0);
	assert_true(str_is(
		s.notice.parts[1].uses[0].text->text, "You may use curl.\n"));
	sbom_close(&s);
	open_with(*state, "ISC", &s); /* which does not read like that */
	assert_int_equal(s.notice.n_problems, 1);
	sbom_close(&s);
	/* but not with the text of another licence */
	add_file(*state, DEMO "LICENSE",
		"\n GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991\n");
	open_with(*state, "curl", &s);
	assert_int_equal(s.notice.n_problems, 1);
	assert_int_equal(s.notice.problems[0].kind, NOTICE_MISSING);
	sbom_close(&s);
	world_drop_lines(*state, MANIFEST, DEMO "LICENSE");
}

static void test_exception_leaves_the_text(void **state)
{
	struct sbom s;
	const struct notice_use *use;

	add_file(*state, DEMO "COPYING",
		"GNU GENERAL PUBLIC LICENSE\nVersion 2, June 1991\n\nTerms.\n");
	open_with(*state, "GPL-2.0-or-later WITH Classpath-exception-2.0", &s);
	assert_int_equal(s.notice.n_problems, 0);
	use = &s.notice.parts[1].uses[0];
	assert_true(str_is(
		use->id, "GPL-2.0-or-later WITH Classpath-exception-2.0"));
	assert_true(str_is(use->text->name, "GPL-2"));
	sbom_close(&s);
}

/* LGPL-3.0 4(b): the GPL has to go along too. */
static void test_lgpl3_has_two_texts(void **state)
{
	const char *lgpl = "GNU LESSER GENERAL PUBLIC LICENSE\n"
			   "Version 3, 29 June 2007\n\nTerms.\n";
	struct sbom s;
	const struct notice_use *use;

	add_file(*state, DEMO "COPYING.LESSER", lgpl);
	open_with(*state, "LGPL-3.0-only", &s);
	assert_int_equal(s.notice.n_problems, 1);
	assert_int_equal(s.notice.problems[0].kind, NOTICE_MISSING);
	says(s.notice.problems[0].text, "the text of GPL-3 has to go along");
	sbom_close(&s);
	add_file(*state, DEMO "COPYING3",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n");
	open_with(*state, "LGPL-3.0-only", &s);
	assert_int_equal(s.notice.n_problems, 0);
	use = &s.notice.parts[1].uses[0];
	assert_true(str_is(use->text->text, lgpl));
	assert_true(str_is(use->text_too->name, "GPL-3"));
	sbom_close(&s);
}

static void test_text_and_lines_of_debian_copyright(void **state)
{
	struct sbom s;
	const struct notice_part *p;
	struct str lines;

	add_file(*state, DEMO "debian/copyright",
		"Format: https://www.debian.org/doc/packaging-manuals/"
		"copyright-format/1.0/\n\nFiles: *\nCopyright: 2001 A Demo\n"
		"           2002 Another\nLicense: ISC\n You may.\n .\n But "
		"keep this.\n");
	open_with(*state, "Zlib", &s);
	p = &s.notice.parts[1];
	assert_int_equal(s.notice.n_problems, 0);
	assert_int_equal(p->n_uses, 1);
	assert_true(str_is(p->uses[0].id, "ISC"));
	assert_true(
		str_is(p->uses[0].text->text, "You may.\n\nBut keep this.\n"));
	assert_true(str_is(
		p->uses[0].text->from, "debian/copyright of demo 1.0-1"));
	assert_int_equal(notice_copyright(&s.notice, p, &lines, NULL), 0);
	assert_true(
		str_is(lines, "Copyright 2001 A Demo\nCopyright 2002 Another"));
	sbom_close(&s);
}

#define ADVERTISING                                                            \
	" Redistribution and use in source and binary forms is allowed.\n"     \
	" 3. All advertising materials mentioning features\n"
#define THREE " Redistribution and use in source and binary forms is allowed.\n"

static const char several[] =
	"Format: 1\n\nFiles: a.c\nLicense: BSD-124-clause-UCB\n\n"
	"Files: *\nLicense: BSD-3-clause or Expat\n\n"
	"License: BSD-3-clause-UCB\n" ADVERTISING "\n"
	"License: BSD-3-clause\n" THREE " of all\n\n"
	"License: BSD-124-clause-UCB\n" THREE " of a.c\n\n"
	"License: BSD-4-clause-UCB\n" ADVERTISING " of four\n";

static void test_text_by_the_name_that_debian_has(void **state)
{
	const struct str text = str_of(several), three = STR("BSD-3-Clause");

	(void)state;
	says(notice_dep5_text(text, three, STR("BSD-124-clause-UCB")),
		"of a.c");
	says(notice_dep5_text(text, three, STR("BSD-3-clause or Expat")),
		"of all");
	/* an advertising clause is not of three clauses, whatever its name */
	says(notice_dep5_text(text, three, STR("BSD-3-clause-UCB")), "of all");
	says(notice_dep5_text(text, STR("BSD-4-Clause-UC"), STR("")),
		"of four");
}

/* A few lines that point to the GPL are not its text. */
static void test_stub_is_no_common_text(void **state)
{
	struct sbom s;

	add_file(*state, DEMO "debian/copyright",
		"Format: 1\n\nFiles: *\nCopyright: 2001 A Demo\n"
		"License: LGPL-2.1\n This program is free software.\n"
		" See the LGPL for more.\n");
	open_with(*state, "Zlib", &s);
	assert_int_equal(s.notice.n_problems, 1);
	assert_int_equal(s.notice.problems[0].kind, NOTICE_MISSING);
	says(s.notice.problems[0].text, "the text of LGPL-2.1-only has to");
	sbom_close(&s);
}

/* One id, which two packages use for texts of their own. */
static void test_one_id_for_two_texts(void **state)
{
	struct arena a = arena_make(1 << 20);
	const struct model m = {.arena = &a};
	const struct notice_text one = {.text = STR("One.\n")};
	const struct notice_text two = {.text = STR("Two.\n")};
	struct notice_use uses[] = {
		{.id = STR("LicenseRef-x"), .text = &one},
		{.id = STR("LicenseRef-x"), .text = &two},
	};
	struct notice_part parts[] = {
		{.name = STR("a"), .version = STR("1"), .uses = &uses[0]},
		{.name = STR("b"), .version = STR("2"), .uses = &uses[0]},
		{.name = STR("c"), .version = STR("3"), .uses = &uses[1]},
	};
	struct notice n = {.model = &m, .parts = parts, .n_parts = 2};
	struct str text;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		parts[i].n_uses = 1;
	assert_int_equal(notice_custom(&n, uses[0].id, &text, NULL), 0);
	assert_true(str_is(text, "One.\n"));
	n.n_parts = 3;
	assert_int_equal(notice_custom(&n, uses[0].id, &text, NULL), 0);
	assert_true(str_is(text, "a 1:\nOne.\n\nc 3:\nTwo.\n"));
	assert_int_equal(
		notice_custom(&n, STR("LicenseRef-y"), &text, NULL), 0);
	assert_int_equal(text.n, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conflict_has_its_chain),
		cmocka_unit_test(test_a_licence_that_goes_along),
		cmocka_unit_test(test_missing_text_has_its_chain),
		cmocka_unit_test(test_unknown_licence_is_said),
		cmocka_unit_test(test_gpl_offers_all_of_the_program),
		/* last, for they change the source */
		cmocka_unit_test(test_licence_file_as_a_whole),
		cmocka_unit_test(test_exception_leaves_the_text),
		cmocka_unit_test(test_lgpl3_has_two_texts),
		cmocka_unit_test(test_text_and_lines_of_debian_copyright),
		cmocka_unit_test(test_text_by_the_name_that_debian_has),
		cmocka_unit_test(test_one_id_for_two_texts),
		cmocka_unit_test(test_stub_is_no_common_text),
	};

	return cmocka_run_group_tests(tests, make_world, remove_world);
}
