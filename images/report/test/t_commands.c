/* gather_commands: the lines of a page are about the image that it shows. */
#include "images/report/gather_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_platform_is_carried(void **state)
{
	struct arena a = arena_make(1 << 20);
	struct vex_product product = {
		.path = "dist/a b", .sha256 = STR("00"), .is_image = true};
	struct page page = {.n_signatures = 1};
	struct gather g = {.arena = &a,
		.product = &product,
		.page = &page,
		.has_evidence = true,
		.n_programs = 1,
		.platform = "linux/arm64"};

	(void)state;
	assert_int_equal(gather_commands(&g, NULL), 0);
	assert_int_equal(page.n_commands, 5);
	for (size_t i = 0; i < page.n_commands; i++) {
		struct str line = page.commands[i].line;
		const char *wanted = " --platform linux/arm64 'dist/a b'";

		if (memmem(line.p, line.n, wanted, strlen(wanted)) == NULL)
			fail_msg("%.*s", STR_ARG(line));
	}
	arena_free(&a);
}

static void test_only_image_has_no_platform(void **state)
{
	struct arena a = arena_make(1 << 20);
	struct vex_product product = {
		.path = "dist/a", .sha256 = STR("00"), .is_image = true};
	struct page page = {0};
	struct gather g = {.arena = &a, .product = &product, .page = &page};

	(void)state;
	assert_int_equal(gather_commands(&g, NULL), 0);
	assert_int_equal(page.n_commands, 2);
	assert_true(str_is(page.commands[1].line, "keelson verify dist/a"));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_platform_is_carried),
		cmocka_unit_test(test_only_image_has_no_platform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
