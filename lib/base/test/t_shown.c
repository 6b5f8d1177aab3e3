/* Text of others without what commands a terminal. */
#include "lib/base/shown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void controls_are_replaced(void **state)
{
	AUTO_BUF struct buf b = buf_growing(256);

	(void)state;
	shown_put(&b, STR("a\x1b[2J\x7f\n\xc2\x9bm \xc3\xa4"));
	assert_true(str_is(buf_view(&b), "a?[2J???m \xc3\xa4"));
}

static void a_line_stays_a_line(void **state)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	shown_line(f, "%-4s%.*s", "x", STR_ARG(STR("two\nlines\r\x1b")));
	fclose(f);
	assert_string_equal(text, "x   two?lines??\n");
	free(text);
}

static void a_line_may_be_long(void **state)
{
	char *text = NULL, *want = malloc(200001);
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	memset(want, 'x', 200000);
	want[200000] = '\0';
	shown_part(f, "%s", want);
	shown_line(f, "%s", "\x1b");
	fclose(f);
	assert_int_equal(n, 200002);
	assert_memory_equal(text, want, 200000);
	assert_string_equal(text + 200000, "?\n");
	assert_false(shown_has_lost());
	free(text);
	free(want);
}

static void what_is_lost_is_known(void **state)
{
	char *text = NULL, *huge = calloc(1, 2000001);
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	memset(huge, 'x', 2000000);
	shown_line(f, "%s", huge);
	fclose(f);
	assert_string_equal(text, "... (too long)\n");
	assert_true(shown_has_lost());
	free(text);
	free(huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(controls_are_replaced),
		cmocka_unit_test(a_line_stays_a_line),
		cmocka_unit_test(a_line_may_be_long),
		cmocka_unit_test(what_is_lost_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
