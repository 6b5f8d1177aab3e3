/* Names of compilers and binary tools, with targets and versions. */
#include "static-build/record/name.h"
#include "static-build/record/recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>

static const char *const known[] = {
	"gcc", "g++", "cc", "ar", "gcc-ar", "as", "ld", NULL};

static void test_plain(void **state)
{
	static const char *const cases[][2] = {
		{"gcc", "gcc"},
		{"gcc-12", "gcc"},
		{"x86_64-linux-gnu-gcc-12", "gcc"},
		{"aarch64-linux-gnu-g++-4.8.5", "g++"},
		{"arm-none-eabi-gcc-ar-13", "gcc-ar"},
		{"llvm-ar-14", "ar"},
		{"x86_64-w64-mingw32-as", "as"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			name_plain(cases[i][0], known), cases[i][1]);
}

static void test_others(void **state)
{
	static const char *const others[] = {"", "-", "-12", "bgcc", "gcc-",
		"gccgo", "gcc-12-extra", "llvm-as", "llvm-as-14", "yaml-lint",
		"gcc-12-"};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_null(name_plain(others[i], known));
}

static void test_recorder_knows(void **state)
{
	(void)state;
	assert_true(recorder_knows("/x/bin/x86_64-linux-gnu-gcc-12"));
	assert_true(recorder_knows("record-sub"));
	assert_true(recorder_knows("c++"));
	assert_false(recorder_knows("keelson"));
	assert_false(recorder_knows("/opt/cc/keelson"));
	assert_false(recorder_knows("make"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_recorder_knows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
