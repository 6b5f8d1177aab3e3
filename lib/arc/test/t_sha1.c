/* sha1: the examples of FIPS 180-4 and RFC 3174, in one and many pieces. */
#include "lib/arc/sha1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_known_digests(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
	};
	char hex[SHA1_HEX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sha1_hex(str_of(cases[i].text), hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void test_million_letters(void **state)
{
	static char a[1000000];
	char hex[SHA1_HEX + 1];

	(void)state;
	memset(a, 'a', sizeof(a));
	sha1_hex((struct str){a, sizeof(a)}, hex);
	assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

static void test_git_name(void **state)
{
	char hex[SHA1_HEX + 1];

	(void)state;
	sha1_git_hex(STR(""), hex); /* git hash-object /dev/null */
	assert_string_equal(hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	sha1_git_hex(STR("hello\n"), hex);
	assert_string_equal(hex, "ce013625030ba8dba906f756967f9e9ca394464a");
}

/* A million times "a" (FIPS 180-4), in pieces of 1, 2, 3, ... bytes. */
static void test_pieces_add_up(void **state)
{
	char piece[2000], hex[SHA1_HEX + 1];
	unsigned char digest[SHA1_BYTES];
	size_t left = 1000000, n = 0;
	struct sha1 s;

	(void)state;
	memset(piece, 'a', sizeof(piece));
	for (sha1_start(&s); left > 0; left -= n) {
		n = n + 1 > left ? left : n + 1;
		sha1_add(&s, piece, n);
	}
	sha1_finish(&s, digest);
	str_hex(digest, sizeof(digest), hex);
	assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* Lengths at which the padding moves to another block. */
static void test_every_padding(void **state)
{
	unsigned char digest[SHA1_BYTES];
	char bytes[130] = {0}, whole[SHA1_HEX + 1], parts[SHA1_HEX + 1];
	struct sha1 s;

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		sha1_hex((struct str){bytes, n}, whole);
		sha1_start(&s);
		for (size_t i = 0; i < n; i++)
			sha1_add(&s, bytes + i, 1);
		sha1_finish(&s, digest);
		str_hex(digest, sizeof(digest), parts);
		assert_string_equal(parts, whole);
	}
}

static void test_absent_file(void **state)
{
	char hex[SHA1_HEX + 1];
	struct err e = {0};

	(void)state;
	assert_int_equal(sha1_file("/dev/null", hex, &e), 0);
	assert_string_equal(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_int_equal(sha1_file("/nonexistent", hex, &e), -1);
	assert_non_null(strstr(e.text, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_digests),
		cmocka_unit_test(test_million_letters),
		cmocka_unit_test(test_git_name),
		cmocka_unit_test(test_pieces_add_up),
		cmocka_unit_test(test_every_padding),
		cmocka_unit_test(test_absent_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
