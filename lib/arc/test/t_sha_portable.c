/* sha1 and sha256 on a processor without the SHA extensions: this program
   answers sha_ni_usable() itself.  Digests of FIPS 180-4's examples. */
#include "lib/arc/sha1.h"
#include "lib/arc/sha256.h"
#include "lib/arc/sha_ni.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MILLION ((size_t)1000000)

bool sha_ni_usable(void)
{
	return false;
}

static void portable_sha1(void **state)
{
	char hex[SHA1_HEX + 1], *a = malloc(MILLION);

	(void)state;
	assert_non_null(a);
	memset(a, 'a', MILLION);
	sha1_hex((struct str){a, MILLION}, hex);
	assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	sha1_hex(STR("abc"), hex);
	assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
	free(a);
}

static void portable_sha256(void **state)
{
	char hex[SHA256_HEX + 1], *a = malloc(MILLION);

	(void)state;
	assert_non_null(a);
	memset(a, 'a', MILLION);
	sha256_hex((struct str){a, MILLION}, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67"
				 "f1809a48a497200e046d39ccc7112cd0");
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portable_sha1),
		cmocka_unit_test(portable_sha256),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
