/* What indices, changelogs, series and dates say, and what a lock becomes. */
#include "images/fresh/deb822.h"
#include "images/fresh/life.h"
#include "images/fresh/lock_file.h"
#include "images/fresh/lock_text.h"
#include "images/fresh/news.h"
#include "images/fresh/offer.h"

#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void assert_text(struct str got, const char *want)
{
	char copy[512];

	assert_int_equal(str_copy(got, copy, sizeof(copy)), 0);
	assert_string_equal(copy, want);
}

static void fields_go_on_and_know_no_case(void **state)
{
	struct str rest = STR("\n\nPackage: a\nFiles:\n x 1\n\ty 2\n"
			      "other line\nDirectory:  d \n\nPackage: b\n");
	struct str p, value, line;

	(void)state;
	assert_true(deb822_next(&rest, &p));
	assert_text(deb822_field(p, "package"), "a");
	assert_text(deb822_field(p, "Directory"), "d");
	assert_int_equal(deb822_field(p, "Pack").n, 0);
	assert_int_equal(deb822_field(p, "x 1").n, 0);
	value = deb822_field(p, "Files");
	assert_true(deb822_line(&value, &line));
	assert_text(line, "x 1");
	assert_true(deb822_line(&value, &line));
	assert_text(line, "y 2");
	assert_false(deb822_line(&value, &line));
	assert_true(deb822_next(&rest, &p));
	assert_text(p, "Package: b");
	assert_false(deb822_next(&rest, &p));
}

#define ENTRY(version, directory, file)                                        \
	"Package: z\nVersion: " version "\nDirectory: " directory              \
	"\nChecksums-Sha256:\n " SHA_A " 7 z_1.dsc\n " SHA_A " 10 " file       \
	"\n " SHA_A " 5 z_1.orig-more.tar.gz\n " SHA_B                         \
	" 3 z_1-2.debian.tar.xz"                                               \
	"\n " SHA_B " 3 z_1.orig.tar.gz.asc\n\n"

static const struct str z = {"z", 1};

static struct offers read_offers(
	struct arena *a, struct str text, bool is_binary)
{
	struct offers o = {.arena = a, .wanted = &z, .n_wanted = 1};
	const struct offer_index index = {text, "trixie-security", is_binary};
	struct err e;

	assert_int_equal(offers_read(&o, &index, &e), 0);
	return o;
}

static void the_latest_version_gives_lines_of_a_lock(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct offers o = read_offers(&a,
		STR("Package: other\nVersion: 9\n\n" ENTRY(
			"1-9", "pool/main/z/z", "z_1.orig.tar.gz") ENTRY("1-10",
			"pool/main/z/z", "z_1.orig.tar.gz") ENTRY("1-10~rc",
			"pool/main/z/z", "z_1.orig.tar.gz")),
		false);
	const struct offer *best = offers_latest(&o, STR("z"), false);
	struct offer_pin pin = {STR("trixie"), STR("Zlib"), LOCK_SOURCE};
	AUTO_BUF struct buf line = buf_growing(1024);

	(void)state;
	assert_int_equal(o.n, 3);
	assert_text(best->version, "1-10");
	assert_null(offers_latest(&o, STR("z"), true));
	offer_line(best, &pin, &line);
	assert_text(buf_view(&line),
		"z 1-10 trixie pool/main/z/z/z_1.orig.tar.gz 10 " SHA_A
		" source Zlib");
	buf_reset(&line);
	pin.role = LOCK_PATCHES;
	offer_line(best, &pin, &line);
	assert_text(buf_view(&line),
		"z 1-10 trixie pool/main/z/z/z_1-2.debian.tar.xz 3 " SHA_B
		" patches Zlib");
}

static void what_a_lock_cannot_pin_is_no_offer(void **state)
{
	static const char *const texts[] = {
		ENTRY("1-9", "pool/main/../../etc", "z_1.orig.tar.gz"),
		ENTRY("1-9", "/etc", "z_1.orig.tar.gz"),
		ENTRY("1 9", "pool/main/z/z", "z_1.orig.tar.gz"),
		ENTRY("1-9", "pool/main/z/z", "z_1.orig.tar.gz;rm"),
		"Package: z\nVersion: 1\nDirectory: pool/z\n"
		"Checksums-Sha256:\n " SHA_A "0 10 z_1.tar.gz\n",
		"Package: z\nVersion: 1\nDirectory: pool/z\n"
		"Checksums-Sha256:\n " SHA_A " 0 z_1.tar.gz\n",
		"Package: z\nVersion: 1\nDirectory: pool/z\n"
		"Checksums-Sha256:\n " SHA_A " 99999999999999 z_1.tar.gz\n",
		"Package: z\nVersion: 1\nDirectory: pool/z\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);

		if (read_offers(&a, str_of(texts[i]), false).n != 0)
			fail_msg("taken: %s", texts[i]);
	}
}

static void the_same_bytes_have_one_path(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct offers o = read_offers(&a,
		STR(ENTRY("1-3", "pool/updates/main/z/z", "z_1.orig.tar.gz")
				ENTRY("1-2", "pool/main/z/z",
					"z_1.orig.tar.gz")),
		false);

	(void)state;
	offers_share_paths(&o);
	assert_text(o.list[0].main.path, "pool/main/z/z/z_1.orig.tar.gz");
	assert_text(o.list[1].main.path, "pool/main/z/z/z_1.orig.tar.gz");
}

static void a_binary_package_is_one_file(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct offers o = read_offers(&a,
		STR("Package: z\nVersion: 2\nFilename: pool/z/z_2_all.deb\n"
		    "Size: 12\nSHA256: " SHA_A "\n"),
		true);

	(void)state;
	assert_int_equal(o.n, 1);
	assert_text(o.list[0].main.path, "pool/z/z_2_all.deb");
	assert_int_equal(o.list[0].patches.path.n, 0);
	assert_int_equal(o.list[0].main.size, 12);
}

static void only_the_lines_meant_change(void **state)
{
	const struct lock_change change[] = {{2, STR("new two")}};
	AUTO_BUF struct buf out = buf_growing(1024);

	(void)state;
	lock_text_replace(STR("# one\ntwo\n\n# four\nfive"), change, 1, &out);
	assert_text(buf_view(&out), "# one\nnew two\n\n# four\nfive");
	buf_reset(&out);
	lock_text_add(STR("a"), STR("b"), &out);
	assert_text(buf_view(&out), "a\nb\n");
	buf_reset(&out);
	lock_text_add(STR(""), STR("b"), &out);
	assert_true(str_has_prefix(buf_view(&out), STR("# sources.lock:")));
	assert_true(str_has_suffix(buf_view(&out), STR("\nb\n")));
}

#define CHANGELOG                                                              \
	"z (1-4) trixie; urgency=high\n\n  * Fix cve-2026-10000 and "          \
	"CVE-2026-9999-1.\n\n -- A B <a@b.c>  Tue, 05 Nov 2024 17:22:28 "      \
	"+0100\n\n"                                                            \
	"z (1-3) trixie; urgency=high\n\n  [ A B ]\n  * Again "                \
	"CVE-2026-10000,\n    CVE-2025-0001; no CVE-1-2.\n\n -- A B "          \
	"<a@b.c>  Mon, 04 Nov 2024 00:00:00 +0000\n\n"                         \
	"z (1-2) trixie; urgency=high\n\n  * Old CVE-2020-1111.\n\n -- A B "   \
	"<a@b.c>  Thu, 01 Jan 1970 00:00:01 +0000\n"

static void what_others_wrote_is_not_lost(void **state)
{
	char dir[] = "/tmp/t_fresh-XXXXXX", path[64];
	AUTO_BUF struct buf text = buf_growing(64);
	struct err e = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sources.lock", dir);
	assert_int_equal(lock_file_replace(path, STR(""), STR("a\n"), &e), 0);
	assert_int_equal(
		lock_file_replace(path, STR("a\n"), STR("b\n"), &e), 0);
	assert_int_equal(
		lock_file_replace(path, STR("a\n"), STR("c\n"), &e), -1);
	assert_int_equal(e.kind, ERR_BUSY);
	assert_int_equal(lock_file_replace(path, STR(""), STR("c\n"), &e), -1);
	assert_int_equal(file_read(path, &text, NULL), 0);
	assert_text(buf_view(&text), "b\n");
	unlink(path);
	rmdir(dir);
}

static void news_are_those_above_the_old_version(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct news n = {.arena = &a};
	struct err e;

	(void)state;
	assert_int_equal(news_changelog(&n, STR(CHANGELOG), STR("1-2"), &e), 0);
	assert_int_equal(n.cves.n, 3);
	assert_text(n.cves.list[0], "CVE-2025-0001");
	assert_text(n.cves.list[1], "CVE-2026-9999");
	assert_text(n.cves.list[2], "CVE-2026-10000");
	assert_int_equal(news_series(&n, STR("a.patch\n# x\nb -p1\n"),
				 STR("b\t-p1 # y\n\nc.patch"), &e),
		0);
	assert_int_equal(n.added.n, 1);
	assert_text(n.added.list[0], "c.patch");
	assert_int_equal(n.dropped.n, 1);
	assert_text(n.dropped.list[0], "a.patch");
}

static void dates_are_those_of_the_version(void **state)
{
	(void)state;
	assert_int_equal(news_date(STR(CHANGELOG), STR("1-4")), 1730823748);
	assert_int_equal(news_date(STR(CHANGELOG), STR("1-2")), 1);
	assert_int_equal(news_date(STR(CHANGELOG), STR("1-9")), 0);
	assert_int_equal(
		news_date_of(STR("Sat, 21 Nov 2026 09:15:44 UTC")), 1795252544);
	assert_int_equal(news_date_of(STR("21 Foo 2026 09:15:44 UTC")), 0);
	assert_int_equal(news_date_of(STR("21 Nov 2026 25:15:44 UTC")), 0);
	assert_int_equal(news_date_of(STR("21 Nov")), 0);
}

static void branches_are_whole_parts_of_a_version(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct life_branches b;
	int64_t day;
	struct err e;

	(void)state;
	assert_int_equal(life_parse(STR("# x\nm 3.6 2027-03-31 https://m/\n"),
				 &a, &b, &e),
		0);
	assert_non_null(life_branch(&b, STR("m"), STR("3.6.7")));
	assert_non_null(life_branch(&b, STR("m"), STR("3.6")));
	assert_null(life_branch(&b, STR("m"), STR("3.60")));
	assert_null(life_branch(&b, STR("x"), STR("3.6.7")));
	assert_true(life_day(STR("2027-03-31"), &day));
	assert_int_equal(b.list[0].end_s, day);
	assert_int_equal(
		life_parse(STR("\nm 3.6 2027-3-31 https://m/"), &a, &b, &e),
		-1);
	assert_string_equal(e.text, "line 2: the date is not YEAR-MONTH-DAY");
	assert_int_equal(
		life_parse(STR("m 3.6 2027-03-31 http://m/"), &a, &b, &e), -1);
}

/* "13,Trixie,trixie,2023-06-10,2025-08-09,2028-08-09,2030-06-30,..." */
static void check_row(struct str row)
{
	struct str field[7] = {0};
	const struct life_suite *s;
	int64_t day;

	for (size_t i = 0; i < 7; i++)
		str_cut(&row, ',', &field[i]);
	s = life_suite(field[2]);
	if (s == NULL)
		return;
	assert_true(life_day(field[4], &day) && day == s->release_s);
	assert_true(life_day(field[5], &day) && day == s->end_s);
	assert_true(life_day(field[6], &day) && day == s->lts_s);
}

static void suites_end_as_debian_says(void **state)
{
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	const char *file = "/usr/share/distro-info/debian.csv";
	struct str rest, row;
	int64_t day;

	(void)state;
	assert_true(life_day(STR("2025-08-08"), &day));
	assert_string_equal(life_stable(day)->name, "bookworm");
	assert_string_equal(life_stable(day + 86400)->name, "trixie");
	assert_null(life_suite(STR("sid")));
	if (file_read(file, &text, NULL) < 0)
		return; /* distro-info-data is not installed here */
	rest = buf_view(&text);
	while (str_cut(&rest, '\n', &row))
		check_row(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_go_on_and_know_no_case),
		cmocka_unit_test(the_latest_version_gives_lines_of_a_lock),
		cmocka_unit_test(what_a_lock_cannot_pin_is_no_offer),
		cmocka_unit_test(the_same_bytes_have_one_path),
		cmocka_unit_test(a_binary_package_is_one_file),
		cmocka_unit_test(only_the_lines_meant_change),
		cmocka_unit_test(what_others_wrote_is_not_lost),
		cmocka_unit_test(news_are_those_above_the_old_version),
		cmocka_unit_test(dates_are_those_of_the_version),
		cmocka_unit_test(branches_are_whole_parts_of_a_version),
		cmocka_unit_test(suites_end_as_debian_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
