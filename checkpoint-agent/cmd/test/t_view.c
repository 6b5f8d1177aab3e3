/*
 * Content of an archive that is shown to people must not control the terminal.
 */
#include "checkpoint-agent/cmd/view.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct view_field fields[] = {
	{"name", "name"}, {"list", "list"}, {NULL, NULL}};

static void assert_shown(const char *json, const char *text)
{
	AUTO_ARENA struct arena arena = arena_make(1 << 20);
	AUTO_BUF struct buf out = buf_growing(1000);
	const struct node *tree;

	assert_int_equal(json_parse(str_of(json), &arena, &tree, NULL), 0);
	view_fields(&out, tree, fields);
	assert_string_equal(buf_cstr(&out), text);
}

static void control_characters_are_not_shown(void **state)
{
	(void)state;
	assert_shown("{\"name\":\"a\\u001b[2Jb\\u009bc\\u007f\\n\"}",
		"name          a?[2Jb?c??\n");
	assert_shown("{\"list\":[\"\\r\",\"\\u0080\"]}", "list          ? ?\n");
}

static void other_letters_are(void **state)
{
	(void)state;
	assert_shown("{\"name\":\"\\u00a0\\u00e4\\u6f22 x\"}",
		"name          \xc2\xa0\xc3\xa4\xe6\xbc\xa2 x\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_not_shown),
		cmocka_unit_test(other_letters_are),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
