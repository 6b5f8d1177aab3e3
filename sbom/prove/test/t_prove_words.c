/*
 * prove_words: the root comes back where the recorder took it out, and only
 * there; the compiler's own file of dependencies is found.
 */
#include "sbom/prove/prove_draw.h"
#include "sbom/prove/prove_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_where_the_root_stood(void **state)
{
	static const struct {
		const char *word;
		bool is_sure;
		const char *restored; /* NULL: nothing to restore */
	} cases[] = {
		{"-ffile-prefix-map=.=.", true, "-ffile-prefix-map=/r=."},
		{"-ffile-prefix-map=./build=b", true,
			"-ffile-prefix-map=/r/build=b"},
		{"-ffile-prefix-map=/a=.", true, NULL},
		{"-ffile-prefix-map=.x=.", true, NULL},
		{"./build/a.o", false, "/r/build/a.o"},
		{"-I./include", false, "-I/r/include"},
		{"--sysroot=./s", false, "--sysroot=/r/s"},
		{"@./words", false, "@/r/words"},
		{"-Wl,-Map,./m", false, "-Wl,-Map,/r/m"},
		{".", false, NULL},
		{"-I.", false, NULL},
		{"../x", false, NULL},
		{"a./x", false, NULL},
		{"lib/./x", false, NULL},
		{"", false, NULL},
	};
	AUTO_ARENA struct arena a = arena_make(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str word = str_of(cases[i].word);
		bool is_sure;
		int at = prove_words_root(word, &is_sure);

		assert_int_equal(is_sure, cases[i].is_sure);
		if (cases[i].restored == NULL) {
			assert_int_equal(at, -1);
			continue;
		}
		assert_true(at >= 0);
		assert_string_equal(
			prove_words_restore(&a, word, at, STR("/r")),
			cases[i].restored);
	}
}

static void test_depfile(void **state)
{
	char cc1[] = "cc1", mmd[] = "-MMD", d[] = "x.d", mp[] = "-MP",
	     mf[] = "-MF", other[] = "y.d";
	char *none[] = {cc1, mp, NULL};
	char *one[] = {cc1, mmd, d, mp, NULL};
	char *two[] = {cc1, mmd, d, mf, other, NULL};

	(void)state;
	assert_null(prove_words_depfile(none));
	assert_string_equal(prove_words_depfile(one), "x.d");
	assert_string_equal(one[1], "-MD");
	assert_string_equal(prove_words_depfile(two), "y.d");
}

static void test_draw(void **state)
{
	uint32_t a[100], b[100];
	uint64_t seed = 7, again = 7, other = 8;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		a[i] = b[i] = i;
	prove_draw(a, 100, 10, &seed);
	prove_draw(b, 100, 10, &again);
	assert_memory_equal(a, b, sizeof(a));
	prove_draw(b, 100, 10, &other);
	assert_memory_not_equal(a, b, 10 * sizeof(*a));
	/* each one is still there, once */
	for (uint32_t i = 0; i < 100; i++) {
		unsigned n = 0;

		for (size_t k = 0; k < 100; k++)
			n += b[k] == i;
		assert_int_equal(n, 1);
	}
	prove_draw(a, 1, 5, &seed); /* more than there are */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_the_root_stood),
		cmocka_unit_test(test_depfile),
		cmocka_unit_test(test_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
