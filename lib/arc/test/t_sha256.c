/* SHA-256: the examples of FIPS 180-4, with the input cut everywhere. */
#include "lib/arc/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void known_digests(void **state)
{
	static const struct {
		const char *text;
		const char *hex;
	} row[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb924"
		     "27ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
		 "mnopnopq",
			"248d6a61d20638b8e5c026930c3e6039"
			"a33ce45964ff2167f6ecedd419db06c1"},
	};
	char hex[SHA256_HEX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		sha256_hex(str_of(row[i].text), hex);
		assert_string_equal(hex, row[i].hex);
	}
}

static void a_million_letters(void **state)
{
	char *a = malloc(1000000);
	char hex[SHA256_HEX + 1];

	(void)state;
	assert_non_null(a);
	memset(a, 'a', 1000000);
	sha256_hex((struct str){a, 1000000}, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
				 "f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

static void every_split_gives_the_same(void **state)
{
	unsigned char text[200];
	unsigned char whole[SHA256_BYTES];
	unsigned char parts[SHA256_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)(i * 7);
	for (size_t n = 0; n <= sizeof text; n++) {
		sha256_of((struct str){(char *)text, n}, whole);
		for (size_t cut = 0; cut <= n; cut += 13) {
			struct sha256 s;

			sha256_start(&s);
			sha256_add(&s, text, cut);
			sha256_finish(&s, parts); /* looking changes nothing */
			sha256_add(&s, text + cut, n - cut);
			sha256_finish(&s, parts);
			assert_memory_equal(whole, parts, SHA256_BYTES);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_digests),
		cmocka_unit_test(a_million_letters),
		cmocka_unit_test(every_split_gives_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
