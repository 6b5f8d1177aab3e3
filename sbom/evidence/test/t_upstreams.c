/* upstream: the table, its rules, versions and CPEs. */
#include "lib/base/fd.h"
#include "sbom/evidence/lock.h"
#include "sbom/evidence/upstreams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_versions(void **state)
{
	static const struct {
		const char *debian, *upstream;
	} cases[] = {
		{"1.2.5-3.1~deb13u1", "1.2.5"},
		{"1:1.3.dfsg+really1.3.1-1", "1.3.1"},
		{"1.5.7+dfsg-1", "1.5.7"},
		{"0.6+dfsg.1-3", "0.6"},
		{"0.10.0+ds-1", "0.10.0"},
		{"2026c-0+deb13u1", "2026c"},
		{"20250419", "20250419"},
		{"1.0-rc1-2", "1.0-rc1"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str v = upstream_version(str_of(cases[i].debian));

		if (!str_is(v, cases[i].upstream))
			fail_msg("%s: %.*s", cases[i].debian, STR_ARG(v));
	}
}

static void test_cpe(void **state)
{
	const struct upstream u = {
		.vendor = STR("arm"), .product = STR("mbed_tls")};
	char memory[200];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	upstream_cpe(&u, STR("3.6.6"), &b);
	assert_string_equal(
		buf_cstr(&b), "cpe:2.3:a:arm:mbed_tls:3.6.6:*:*:*:*:*:*:*");
	buf_reset(&b);
	upstream_cpe(&u, STR("1+2"), &b);
	assert_string_equal(
		buf_cstr(&b), "cpe:2.3:a:arm:mbed_tls:1\\+2:*:*:*:*:*:*:*");
}

static void test_refuses(void **state)
{
	static const char *const cases[][2] = {
		{"musl musl:musl https://x/\n", "line 1: 4 fields"},
		{"# a\nMUSL a:b https://x/ name\n", "line 2: the package"},
		{"musl ab https://x/ name\n", "neither VENDOR:PRODUCT"},
		{"musl a:b:c https://x/ name\n", "neither VENDOR:PRODUCT"},
		{"musl a:b http://x/ name\n", "the url"},
		{"musl a:b https://\"/ name\n", "the url"},
		{"musl a:b https://x/ na\\me\n", "the name"},
		{"musl - https://x/ m\nmusl - https://x/ m\n", "line 2: the "
							       "package is on"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		AUTO_ARENA struct arena a = arena_make(1 << 20);
		struct err e = {0};
		struct upstreams u;

		assert_int_equal(
			upstreams_parse(str_of(cases[i][0]), &a, &u, &e), -1);
		if (strstr(e.text, cases[i][1]) == NULL)
			fail_msg("%s: %s", cases[i][0], e.text);
	}
}

/* Every package of the lock has its makers in the table. */
static void test_the_lock_is_covered(void **state)
{
	AUTO_BUF struct buf text = buf_growing(1 << 20);
	AUTO_BUF struct buf table = buf_growing(1 << 20);
	AUTO_ARENA struct arena a = arena_make(1 << 22);
	struct upstreams u;
	struct err e = {0};
	struct lock l;

	(void)state;
	if (file_read("static-build/sources.lock", &text, &e) < 0 ||
		file_read("static-build/upstreams", &table, &e) < 0 ||
		lock_parse(buf_view(&text), &a, &l, &e) < 0 ||
		upstreams_parse(buf_view(&table), &a, &u, &e) < 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < l.n; i++)
		if (upstreams_find(&u, l.lines[i].package) == NULL)
			fail_msg("static-build/upstreams: no %.*s",
				STR_ARG(l.lines[i].package));
	for (size_t i = 0; i < u.n; i++)
		if (lock_main(&l, u.list[i].package) == NULL)
			fail_msg("static-build/sources.lock: no %.*s",
				STR_ARG(u.list[i].package));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_cpe),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_the_lock_is_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
