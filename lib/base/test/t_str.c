/* Views and numbers: what they take, what they refuse. */
#include "lib/base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void cuts_every_part(void **state)
{
	struct str s = STR("a,,b");
	struct str part;
	const char *want[] = {"a", "", "b"};
	size_t n = 0;

	(void)state;
	while (str_cut(&s, ',', &part))
		assert_true(n < 3 && str_is(part, want[n++]));
	assert_int_equal(n, 3);
}

static void base_name_follows_the_last_slash(void **state)
{
	(void)state;
	assert_true(str_is(str_base_name(STR("a/b/c")), "c"));
	assert_true(str_is(str_base_name(STR("c")), "c"));
	assert_true(str_is(str_base_name(STR("a/")), ""));
	assert_true(str_is(str_base_name(STR("")), ""));
}

static void cuts_empty_text_once(void **state)
{
	struct str s = STR("");
	struct str part;

	(void)state;
	assert_true(str_cut(&s, ',', &part));
	assert_int_equal(part.n, 0);
	assert_false(str_cut(&s, ',', &part));
}

static void numbers_have_ranges(void **state)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t value;
	} row[] = {
		{"0", 0, 0},
		{"65535", 0, 65535},
		{"65536", -1, 0},
		{"", -1, 0},
		{"-1", -1, 0},
		{"+1", -1, 0},
		{" 1", -1, 0},
		{"1 ", -1, 0},
		{"0x10", -1, 0},
		{"18446744073709551616", -1, 0},
		{"99999999999999999999999", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		uint64_t v = 0;

		assert_int_equal(
			str_u64(str_of(row[i].text), 0, 65535, &v), row[i].rc);
		assert_int_equal(v, row[i].value);
	}
}

static void signed_numbers_reach_both_ends(void **state)
{
	int64_t v;

	(void)state;
	assert_int_equal(
		str_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &v),
		0);
	assert_true(v == INT64_MIN);
	assert_int_equal(
		str_i64(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &v),
		0);
	assert_true(v == INT64_MAX);
	assert_int_equal(
		str_i64(STR("-9223372036854775809"), INT64_MIN, INT64_MAX, &v),
		-1);
	assert_int_equal(str_i64(STR("-"), INT64_MIN, INT64_MAX, &v), -1);
}

static void hex_goes_both_ways(void **state)
{
	unsigned char bytes[3] = {0};
	char text[7];

	(void)state;
	assert_int_equal(str_unhex(STR("00fFa5"), bytes, 3), 0);
	str_hex(bytes, 3, text);
	assert_string_equal(text, "00ffa5");
	assert_int_equal(str_unhex(STR("00ff"), bytes, 3), -1);
	assert_int_equal(str_unhex(STR("00ffg5"), bytes, 3), -1);
}

static void copies_only_what_fits(void **state)
{
	char out[4];

	(void)state;
	assert_int_equal(str_copy(STR("abc"), out, sizeof out), 0);
	assert_string_equal(out, "abc");
	assert_int_equal(str_copy(STR("abcd"), out, sizeof out), -1);
	assert_string_equal(out, "");
	assert_int_equal(str_copy(STR("a\0b"), out, sizeof out), -1);
}

static void orders_like_bytes(void **state)
{
	(void)state;
	assert_int_equal(str_cmp(STR("a"), STR("b")), -1);
	assert_int_equal(str_cmp(STR("ab"), STR("a")), 1);
	assert_int_equal(str_cmp(STR("\xff"), STR("a")), 1);
	assert_int_equal(str_cmp(STR(""), STR("")), 0);
	assert_true(str_ieq(STR("Content-Type"), STR("content-type")));
	assert_true(str_is(str_trim(STR(" \t x y\r\n")), "x y"));
	assert_true(str_same_secret(STR("k"), STR("k")));
	assert_false(str_same_secret(STR("k"), STR("kk")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_every_part),
		cmocka_unit_test(base_name_follows_the_last_slash),
		cmocka_unit_test(cuts_empty_text_once),
		cmocka_unit_test(numbers_have_ranges),
		cmocka_unit_test(signed_numbers_reach_both_ends),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(copies_only_what_fits),
		cmocka_unit_test(orders_like_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
