/* git_id: the ids are those that git itself prints for the same bytes. */
#include "sbom/graph/git_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ZEROS "0000000000000000000000000000000000000000"

static void test_known_ids(void **state)
{
	char hex[GIT_ID_HEX + 1];

	(void)state;
	git_id(GIT_SHA1, STR(""), hex);
	assert_string_equal(hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	git_id(GIT_SHA1, STR("hello\n"), hex);
	assert_string_equal(hex, "ce013625030ba8dba906f756967f9e9ca394464a");
	git_id(GIT_SHA256, STR(""), hex);
	assert_string_equal(hex, "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe1"
				 "41f7749120a303721813");
}

static void test_kinds(void **state)
{
	enum git_hash hash;

	(void)state;
	assert_int_equal(git_id_kind(STR(ZEROS), &hash), 0);
	assert_int_equal(hash, GIT_SHA1);
	assert_int_equal(
		git_id_kind(STR(ZEROS "000000000000000000000000"), &hash), 0);
	assert_int_equal(hash, GIT_SHA256);
	assert_int_equal(git_id_kind(STR(ZEROS "0"), &hash), -1);
	assert_int_equal(git_id_kind(STR(""), &hash), -1);
	assert_int_equal(
		git_id_kind(
			STR("E69DE29BB2D1D6434B8B29AE775AD8C2E48C5391"), &hash),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_ids),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
