/* What is built for each architecture is found in its own folder. */
#include "sbom/evidence/built.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The rest of a path in `part`; "-" when it is not there. */
static struct str rest_of(const char *path, const char *part)
{
	struct str rest;

	return built_is_in(str_of(path), str_of(part), &rest) ? rest : STR("-");
}

static void each_architecture_has_its_folder(void **state)
{
	static const struct {
		const char *path, *part, *rest;
	} cases[] = {
		{"build/work/zlib/zlib/inflate.c", "work",
			"zlib/zlib/inflate.c"},
		{"build/arm64/work/zlib/zlib/inflate.c", "work",
			"zlib/zlib/inflate.c"},
		{"build/riscv64/sysroot/include/zlib.h", "sysroot",
			"include/zlib.h"},
		{"build/sysroot/lib/libz.a", "sysroot", "lib/libz.a"},
		{"build/amd64/work/zlib/x", "work", "zlib/x"},
		{"build/other/work/zlib/x", "work", "-"},
		{"build/workshop/x", "work", "-"},
		{"build/arm64/sysroot/x", "work", "-"},
		{"build/work", "work", "-"},
		{"lib/build/work/x", "work", "-"},
		{"/build/work/x", "work", "-"},
		{"", "work", "-"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (!str_is(rest_of(cases[i].path, cases[i].part),
			    cases[i].rest))
			fail_msg("%s in %s", cases[i].path, cases[i].part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_architecture_has_its_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
