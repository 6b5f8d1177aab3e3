/*
 * audit: which advisories hit which versions, in each of the three forms, and
 * the order of versions, whose answers are dpkg's.
 */
#include "sbom/audit/audit.h"
#include "sbom/audit/audit_write.h"
#include "sbom/audit/debversion.h"

#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_versions(void **state)
{
	/* ascending; what stands on one line is equal */
	static const char *const order[][2] = {{"0~~", "0~~"}, {"0~~a", "0~~a"},
		{"0~", "0~"}, {"0", ""}, {"0a", "0a"}, {"0+", "0+"},
		{"1.0~rc1-1", "1.0~rc1-01"}, {"1.0", "1.0-0"},
		{"1.0-1", "0:1.0-1"}, {"1.0-1+deb13u1", "1.0-1+deb13u01"},
		{"1.0-2", "1.0-2"}, {"1.0a-1", "1.0a-1"},
		{"1.0+dfsg-1", "1.0+dfsg-1"}, {"1.2", "1.02"}, {"1.10", "1.10"},
		{"99999999999999999999999", "099999999999999999999999"},
		{"1:0.1", "1:0.1"}, {"1:1.3.dfsg+really1.3.1-1", ""}};
	const size_t n = sizeof(order) / sizeof(*order);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int want = i < k ? -1 : i > k;

			if (debversion_cmp(str_of(order[i][0]),
				    str_of(order[k][0])) != want)
				fail_msg("%s %s", order[i][0], order[k][0]);
		}
	for (size_t i = 0; i + 1 < n; i++)
		if (debversion_cmp(str_of(order[i][0]), str_of(order[i][1])))
			fail_msg("%s %s", order[i][0], order[i][1]);
	assert_true(str_is(
		debversion_upstream(STR("1:1.3.dfsg+really1.3.1-1")), "1.3.1"));
	assert_true(str_is(debversion_upstream(STR("0.6+dfsg.1-3")), "0.6"));
	assert_true(
		str_is(debversion_upstream(STR("1.2.5-3.1~deb13u1")), "1.2.5"));
}

/* ---- feeds ---- */

static const struct lock_line musl = {.package = {"musl", 4},
	.version = {"1.2.5-3.1~deb13u1", 17},
	.suite = {"trixie", 6},
	.line = 1};
static const struct lock_line mbedtls = {.package = {"mbedtls", 7},
	.version = {"3.6.6-0.1~deb13u1", 17},
	.suite = {"trixie", 6},
	.line = 2};

#define TRACKER(release)                                                       \
	"{\"musl\":{\"CVE-2099-0001\":{\"releases\":{" release "}}}}"
#define OSV(id, eco, ranges)                                                   \
	"{\"id\":\"" id "\",\"affected\":[{\"package\":{\"name\":\"musl\","    \
	"\"ecosystem\":\"" eco "\"},\"ranges\":[{\"type\":\"ECOSYSTEM\","      \
	"\"events\":[" ranges "]}]}]}"
#define NVD(criteria, more)                                                    \
	"{\"vulnerabilities\":[{\"cve\":{\"id\":\"CVE-2099-0001\","            \
	"\"configurations\":[{\"nodes\":[{\"cpeMatch\":[{\"vulnerable\":true," \
	"\"criteria\":\"cpe:2.3:a:" criteria ":*:*:*:*:*:*:*\"" more           \
	"}]}]}]}}]}"

static const struct {
	const char *text;
	size_t hits;
	const char *fixed;
} feeds[] = {
	{TRACKER("\"trixie\":{\"status\":\"open\"}"), 1, ""},
	{TRACKER("\"trixie\":{\"status\":\"undetermined\"}"), 1, ""},
	{TRACKER("\"bookworm\":{\"status\":\"open\"}"), 0, ""},
	{TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":"
		 "\"1.2.5-4\"}"),
		1, "1.2.5-4"},
	{TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":"
		 "\"1.2.5-3\"}"),
		0, ""},
	{TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":"
		 "\"0\"}"),
		0, ""},
	{OSV("DEBIAN-CVE-2099-0001", "Debian:13",
		 "{\"introduced\":\"0\"},{\"fixed\":\"1.2.5-4\"}"),
		1, "1.2.5-4"},
	{OSV("CVE-2099-0001", "Debian", "{\"introduced\":\"0\"}"), 1, ""},
	{OSV("CVE-2099-0001", "Debian:12", "{\"introduced\":\"0\"}"), 0, ""},
	{OSV("CVE-2099-0001", "Alpine:v3.20", "{\"introduced\":\"0\"}"), 0, ""},
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"introduced\":\"0\"},{\"fixed\":\"1.2.4-1\"}"),
		0, ""},
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"introduced\":\"0\"},{\"last_affected\":\"1.2.5-9\"}"),
		1, ""},
	/* introduced again */
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"introduced\":\"0\"},{\"fixed\":\"1.0\"},{\"introduced\":"
		 "\"1.2.5\"},{\"fixed\":\"1.2.6\"}"),
		1, "1.2.6"},
	{"[" OSV("CVE-2099-0001", "Debian", "{\"introduced\":\"0\"}") "," OSV(
		 "X-1", "Debian", "{\"introduced\":\"0\"}") "]",
		1, ""},
	{NVD("musl-libc:musl:1.2.5", ""), 1, ""},
	{NVD("musl-libc:musl:1.2.4", ""), 0, ""},
	{NVD("musl-libc:musl:-", ""), 0, ""},
	{NVD("arm:mbed_tls:*", ",\"versionEndExcluding\":\"3.6.7\""), 1,
		"3.6.7"},
	{NVD("arm:mbed_tls:*", ",\"versionEndExcluding\":\"3.6.6\""), 0, ""},
	{NVD("arm:mbed_tls:*", ",\"versionStartIncluding\":\"4.0\","
			       "\"versionEndExcluding\":\"4.1\""),
		0, ""},
	{NVD("other:mbed\\\\:tls:*", ""), 0, ""},
	/* in whatever order; at one version the end counts */
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"fixed\":\"1.0\"},{\"introduced\":\"1.2.5\"},"
		 "{\"fixed\":\"1.2.6\"},{\"introduced\":\"0\"}"),
		1, "1.2.6"},
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"fixed\":\"1.2\"},{\"introduced\":\"0\"}"),
		0, ""},
	{OSV("CVE-2099-0001", "Debian:13",
		 "{\"introduced\":\"0\"},{\"last_affected\":"
		 "\"1.2.5-3.1~deb13u1\"}"),
		1, ""},
	{"{\"vulns\":[]}", 0, ""},
};

static struct audit audit_of(struct arena *a)
{
	static const struct lock_line *const packages[] = {&musl, &mbedtls};

	return (struct audit){
		.arena = a, .packages = packages, .n_packages = 2, .feed = "f"};
}

static void test_feeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(feeds) / sizeof(*feeds); i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);
		struct audit audit = audit_of(&a);
		struct err e = {0};

		if (audit_feed(&audit, str_of(feeds[i].text), &e) < 0)
			fail_msg("%zu: %s", i, e.text);
		if (audit.n != feeds[i].hits)
			fail_msg("%zu: %zu hits", i, audit.n);
		if (audit.n == 0)
			continue;
		assert_true(str_is(audit.hits[0].cve, "CVE-2099-0001"));
		assert_true(str_is(audit.hits[0].fixed, feeds[i].fixed));
	}
}

/* Packages of no release are asked for in every one. */
static void test_no_release(void **state)
{
	static const char *const texts[] = {
		TRACKER("\"trixie\":{\"status\":\"resolved\",\"fixed_version\":"
			"\"1\"},\"bookworm\":{\"status\":\"open\"}"),
		OSV("CVE-2099-0001", "Debian:12", "{\"introduced\":\"0\"}")};
	static const struct str suites[] = {{"", 0}, {"sid", 3}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);
		struct lock_line line = musl;
		const struct lock_line *const packages[] = {&line};
		struct audit audit = {.arena = &a,
			.packages = packages,
			.n_packages = 1,
			.feed = "f"};
		struct err e = {0};

		line.suite = suites[i % 2];
		assert_int_equal(
			audit_feed(&audit, str_of(texts[i / 2]), &e), 0);
		assert_int_equal(audit.n, 1);
		if (i < 2)
			assert_true(str_is(audit.hits[0].rule,
				"Debian bookworm: open, of any release, for "
				"the package's is not known"));
	}
}

static void test_a_hit_is_told_once(void **state)
{
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct audit audit = audit_of(&a);
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
			audit_feed(&audit, STR(NVD("m:musl:1.2.5", "")), &e),
			0);
		assert_int_equal(
			audit_feed(&audit,
				STR(TRACKER(
					"\"trixie\":{\"status\":\"open\"}")),
				&e),
			0);
	}
	assert_int_equal(audit.n, 1);
	assert_int_equal(audit.advisories, 4);
}

static void test_what_is_no_feed(void **state)
{
	static const char *const texts[] = {"", "{", "{}", "7", "\"x\"",
		"{\"a\":1}", "{\"a\":{\"b\":{}}}", "{\"vulnerabilities\":7}"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);
		struct audit audit = audit_of(&a);
		struct err e = {0};

		if (audit_feed(&audit, str_of(texts[i]), &e) == 0)
			fail_msg("taken: %s", texts[i]);
	}
}

static void test_writers(void **state)
{
	static void (*const writers[])(const struct audit_report *,
		struct buf *) = {audit_write_json, audit_write_sarif};
	AUTO_ARENA struct arena a = arena_make(1 << 20);
	struct audit audit = audit_of(&a);
	const struct audit_report r = {&audit, "dist/\"x\"", 2, true};
	struct err e = {0};

	(void)state;
	assert_int_equal(
		audit_feed(&audit, STR(NVD("m:musl:1.2.5", "")), &e), 0);
	for (size_t i = 0; i < 2; i++) {
		AUTO_BUF struct buf out = buf_growing(1 << 16);
		const struct node *n;

		writers[i](&r, &out);
		if (json_parse(buf_view(&out), &a, &n, &e) < 0)
			fail_msg("%s", e.text);
		if (i == 0) {
			assert_int_equal(
				node_whole(node_get(n, "remaining"), 0), 1);
			assert_int_equal(
				node_whole(node_get(n, "unknown_programs"), 0),
				2);
		} else {
			assert_true(str_is(
				node_text(node_get(n, "version")), "2.1.0"));
			n = node_first(node_get(n, "runs"));
			n = node_first(node_get(n, "invocations"));
			n = node_get(n, "toolExecutionNotifications");
			n = node_path(node_first(n), "message", "text", NULL);
			assert_true(str_has_prefix(node_text(n), STR("2 of ")));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_feeds),
		cmocka_unit_test(test_no_release),
		cmocka_unit_test(test_a_hit_is_told_once),
		cmocka_unit_test(test_what_is_no_feed),
		cmocka_unit_test(test_writers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
