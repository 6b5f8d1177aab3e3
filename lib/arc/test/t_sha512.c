/*
 * sha512: the examples of NIST, lengths around the padding, and pieces.
 */
#include "lib/arc/sha512.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *bytes, const char *hex)
{
	char got[SHA512_HEX + 1];

	sha512_hex(str_of(bytes), got);
	assert_string_equal(got, hex);
}

static void test_examples(void **state)
{
	(void)state;
	check("", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36"
		  "ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a53832"
		  "7af927da3e");
	check("abc",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d"
		"39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa5"
		"4ca49f");
}

/* 111, 112 and 128 bytes are where the length needs another block. */
static void test_padding(void **state)
{
	static const struct {
		size_t n;
		const char *begins;
	} cases[] = {
		{111, "fa9121c7b32b9e01"},
		{112, "c01d080efd492776"},
		{127, "828613968b501dc0"},
		{128, "b73d1929aa615934"},
		{129, "4f681e0bd53cda4b"},
	};
	char bytes[200], got[SHA512_HEX + 1];

	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sha512_hex((struct str){bytes, cases[i].n}, got);
		got[16] = '\0';
		assert_string_equal(got, cases[i].begins);
	}
}

static void test_pieces(void **state)
{
	char bytes[1000], whole[SHA512_HEX + 1], got[SHA512_HEX + 1];
	unsigned char digest[SHA512_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	sha512_hex((struct str){bytes, sizeof(bytes)}, whole);
	for (size_t step = 1; step < 300; step += 7) {
		struct sha512 s;

		sha512_start(&s);
		for (size_t at = 0; at < sizeof(bytes); at += step)
			sha512_add(&s, bytes + at,
				step < sizeof(bytes) - at ? step
							  : sizeof(bytes) - at);
		sha512_finish(&s, digest);
		str_hex(digest, sizeof(digest), got);
		assert_string_equal(got, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
