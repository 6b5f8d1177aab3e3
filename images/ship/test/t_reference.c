/* Unit tests of images/ship/reference. */
#include "images/ship/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void its_parts_are_found(void **state)
{
	char text[REFERENCE_TEXT_BYTES];
	struct reference r;

	(void)state;
	assert_int_equal(
		reference_parse(
			STR("localhost:5000/a/b-c__d.e:V1.0-x"), &r, NULL),
		0);
	assert_string_equal(r.registry, "localhost:5000");
	assert_string_equal(r.name, "a/b-c__d.e");
	assert_string_equal(r.tag, "V1.0-x");
	assert_string_equal(r.digest, "");
	assert_string_equal(
		reference_text(&r, text), "localhost:5000/a/b-c__d.e:V1.0-x");
	assert_int_equal(
		reference_parse(STR("[::1]:5000/a:t@sha256:" HEX), &r, NULL),
		0);
	assert_string_equal(r.registry, "[::1]:5000");
	assert_string_equal(r.tag, "t");
	assert_string_equal(reference_version(&r), "sha256:" HEX);
	assert_string_equal(
		reference_text(&r, text), "[::1]:5000/a@sha256:" HEX);
}

static void the_hub_has_a_library(void **state)
{
	struct reference r;

	(void)state;
	assert_int_equal(
		reference_parse(STR("docker.io/alpine:3"), &r, NULL), 0);
	assert_string_equal(r.name, "library/alpine");
	assert_int_equal(reference_parse(STR("docker.io/me/x"), &r, NULL), 0);
	assert_string_equal(r.name, "me/x");
}

static void others_are_refused(void **state)
{
	static const char *const bad[] = {"", "pause", "pause:1", "a/b",
		"localhost", "localhost:5000", "localhost:5000/",
		"localhost:5000/A", "localhost:5000/a//b", "localhost:5000/a/",
		"localhost:5000/-a", "localhost:5000/a-", "localhost:5000/a..b",
		"localhost:5000/a___b", "localhost:5000/a:", "x.y/a:.t",
		"x.y/a:t/u", "x.y/a@sha256:00", "x.y/a@md5:" HEX,
		"x.y/a@sha256:" HEX "0", "x.y:0/a", "x.y:99999/a", "me@x.y/a",
		"x.y/a@sha256:A123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef",
		"https://x.y/a", "x.y?q/a", "x.y/a b"};
	struct reference r;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_clear(&e);
		if (reference_parse(str_of(bad[i]), &r, &e) == 0)
			fail_msg("taken: %s", bad[i]);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

static void this_machine_is_known(void **state)
{
	(void)state;
	assert_true(reference_is_loopback("localhost:5000"));
	assert_true(reference_is_loopback("127.0.0.1"));
	assert_true(reference_is_loopback("127.9.9.9:1"));
	assert_true(reference_is_loopback("[::1]:5000"));
	assert_false(reference_is_loopback("localhost.example"));
	assert_false(reference_is_loopback("128.0.0.1"));
	assert_false(reference_is_loopback("[::2]:5000"));
	assert_false(reference_is_loopback("127.0.0.1.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_parts_are_found),
		cmocka_unit_test(the_hub_has_a_library),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(this_machine_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
