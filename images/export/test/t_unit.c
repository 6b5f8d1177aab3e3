/* Unit tests of images/export/unit. */
#include "images/export/unit.h"

#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int put(const char *config, struct buf *out)
{
	AUTO_ARENA struct arena a = arena_make((size_t)1 << 20);
	const struct node *doc;

	assert_int_equal(json_parse(str_of(config), &a, &doc, NULL), 0);
	return unit_put("it", doc, out, NULL);
}

/* systemd takes each word as the image has it. */
static void words_arrive_as_they_are(void **state)
{
	AUTO_BUF struct buf out = buf_growing(4096);

	(void)state;
	assert_int_equal(
		put("{\"Entrypoint\":[\"/bin/x\",\"a b\"],\"Cmd\":[\"$HOME "
		    "5%\","
		    "\"\\\"q\\\\\"],\"Env\":[\"A=$b 5%\"],\"User\":\"1:2\","
		    "\"WorkingDir\":\"/w\",\"StopSignal\":\"SIGINT\"}",
			&out),
		0);
	assert_string_equal(buf_cstr(&out),
		"[Unit]\nDescription=it\n\n[Service]\n"
		"ExecStart=\"/bin/x\" \"a b\" \"$$HOME 5%%\" \"\\\"q\\\\\"\n"
		"Environment=\"A=$b 5%%\"\n"
		"User=1\nGroup=2\nWorkingDirectory=/w\nKillSignal=SIGINT\n"
		"\n[Install]\nWantedBy=multi-user.target\n");
}

static void no_value_begins_a_line_of_its_own(void **state)
{
	static const char *const cases[] = {
		"{}",
		"{\"Entrypoint\":[]}",
		"{\"Entrypoint\":[\"+/x\"]}",
		"{\"Entrypoint\":[\"\"]}",
		"{\"Entrypoint\":[\"/x\\nUser=root\"]}",
		"{\"Cmd\":[\"/x\"],\"Env\":[\"A=1\\nExecStart=/y\"]}",
		"{\"Cmd\":[\"/x\"],\"User\":\"1\\nGroup=0\"}",
		"{\"Cmd\":[\"/x\"],\"WorkingDir\":\"/%h\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out = buf_growing(4096);

		assert_int_equal(put(cases[i], &out), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_arrive_as_they_are),
		cmocka_unit_test(no_value_begins_a_line_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
