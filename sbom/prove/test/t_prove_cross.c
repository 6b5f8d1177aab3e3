/* Where a cross compiler of Debian has its linker. */
#include "sbom/prove/prove_cross.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define CROSS "/usr/lib/gcc-cross/aarch64-linux-gnu/12"

static void a_cross_compiler_has_tools_of_its_own(void **state)
{
	AUTO_ARENA struct arena a = arena_make(4096);

	(void)state;
	assert_string_equal(prove_cross_linker(STR(CROSS "/collect2"), &a),
		"/usr/bin/aarch64-linux-gnu-ld");
	assert_string_equal(
		prove_cross_bin(STR(CROSS), &a), "/usr/aarch64-linux-gnu/bin");
}

static void the_machine_s_own_has_the_plain_names(void **state)
{
	AUTO_ARENA struct arena a = arena_make(4096);
	const struct str own = STR("/usr/lib/gcc/x86_64-linux-gnu/12/collect2");

	(void)state;
	assert_string_equal(prove_cross_linker(own, &a), "/usr/bin/ld");
	assert_string_equal(prove_cross_bin(own, &a), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cross_compiler_has_tools_of_its_own),
		cmocka_unit_test(the_machine_s_own_has_the_plain_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
