/* Unit tests of images/read/spelling: keys that readers take differently. */
#include "images/read/spelling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/json.h"
#include <cmocka.h>

#define ROOM (64u << 20)

static const char *const known[] = {"layers", "disk", "User", NULL};

static int check(struct str text, struct err *e)
{
	struct arena a = arena_make(ROOM);
	const struct node *doc;
	int done;

	assert_int_equal(json_parse(text, &a, &doc, NULL), 0);
	done = spelling_check(doc, known, e);
	arena_free(&a);
	return done;
}

static void what_all_readers_take_alike_is_accepted(void **state)
{
	static const char *const good[] = {"{}", "[]", "1", "{\"layers\":[]}",
		"{\"User\":1,\"other\":2,\"Another\":3}",
		"[{\"layers\":1},{\"layers\":1}]",
		"{\"layers\":{\"layers\":{\"layers\":1}}}",
		/* names that a user chose */
		"{\"annotations\":{\"a\":\"1\",\"A\":\"2\",\"Layers\":\"\"}}",
		"{\"Labels\":{\"user\":\"1\"}}"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(check(str_of(good[i]), NULL), 0);
}

static void what_they_take_differently_is_refused_and_named(void **state)
{
	static const struct {
		const char *text, *named;
	} bad[] = {
		{"{\"layers\":1,\"layers\":2}", "layers"},
		{"{\"a\":1,\"b\":2,\"a\":1}", "\"a\""},
		{"{\"a\":1,\"A\":2}", "\"A\""},
		{"{\"Layers\":1}", "Layers"},
		{"{\"user\":1}", "user"},
		{"{\"di\xc5\xbfk\":1}", "disk"},
		{"{\"dis\xe2\x84\xaa\":1}", "disk"},
		{"{\"layer\\u017f\":1}", "layers"},
		{"{\"layers\\u0000\":1}", "layers"},
		{"{\"annotations\":{\"a\":1,\"a\":2}}", "\"a\""},
		{"[[{\"x\":[{\"LAYERS\":1}]}]]", "LAYERS"},
		{"{\"annotations\":{\"a\":{\"b\":1,\"B\":1}}}", "\"B\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};

		assert_int_equal(check(str_of(bad[i].text), &e), -1);
		assert_non_null(strstr(e.text, bad[i].named));
	}
}

/* The work does not grow with the square of the keys. */
static void very_many_keys_are_checked_too(void **state)
{
	struct buf text = buf_growing(16u << 20);

	(void)state;
	buf_str(&text, STR("{\"first\":0"));
	for (int i = 0; i < 300000; i++)
		buf_fmt(&text, ",\"key%d\":0", i);
	buf_str(&text, STR("}"));
	assert_false(text.full);
	assert_int_equal(check(buf_view(&text), NULL), 0);
	text.n--;
	buf_str(&text, STR(",\"KEY77\":0}"));
	assert_int_equal(check(buf_view(&text), NULL), -1);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_all_readers_take_alike_is_accepted),
		cmocka_unit_test(
			what_they_take_differently_is_refused_and_named),
		cmocka_unit_test(very_many_keys_are_checked_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
