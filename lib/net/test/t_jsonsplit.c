/*
 * Unit tests of lib/net/jsonsplit.  Each stream is fed whole and in pieces
 * of every small size; what comes out must be the same.
 */
#include "lib/net/jsonsplit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char mark[] = {
	[JSONSPLIT_OBJECT] = '+',
	[JSONSPLIT_TOO_LARGE] = '!',
	[JSONSPLIT_ENVELOPE] = '=',
};

static const struct jsonpeek_wants names = {{
	{"metadata", "name"},
	{"object", "metadata", "name"},
	{"a"},
}};

/* Feed a stream in pieces of `step` bytes; write what comes out as lines. */
static int feed(enum jsonsplit_mode mode, struct str stream, size_t step,
	size_t max, struct buf *out)
{
	struct jsonsplit s = jsonsplit_make(max);
	int got = 0;

	jsonsplit_reset(&s, mode, &names);

	for (size_t at = 0; at < stream.n && got >= 0; at += step) {
		/* a copy of the piece's own, so that reading on is seen */
		char piece[4096];
		struct str in = {piece, 0};
		struct jsonsplit_piece p;

		in.n = str_sub(stream, at, step).n;
		memcpy(piece, stream.p + at, in.n);
		while ((got = jsonsplit_next(&s, &in, &p, NULL)) > 0) {
			buf_byte(out, mark[p.kind]);
			buf_str(out, p.kind == JSONSPLIT_TOO_LARGE
					     ? jsonpeek_text(&s.names, 0)
					     : p.text);
			buf_byte(out, '\n');
		}
	}
	if (got == 0 && !jsonsplit_may_end(&s))
		got = -2;
	jsonsplit_free(&s);
	return got;
}

static void expect(enum jsonsplit_mode mode, const char *stream, size_t max,
	const char *wanted)
{
	for (size_t step = 1; step <= strlen(stream); step++) {
		char room[4096];
		struct buf out = buf_fixed(room, sizeof(room));

		assert_int_equal(
			feed(mode, str_of(stream), step, max, &out), 0);
		assert_string_equal(buf_cstr(&out), wanted);
	}
}

static void expect_result(
	enum jsonsplit_mode mode, const char *stream, int wanted)
{
	for (size_t step = 1; step <= strlen(stream); step++) {
		char room[4096];
		struct buf out = buf_fixed(room, sizeof(room));

		assert_int_equal(
			feed(mode, str_of(stream), step, 1024, &out), wanted);
	}
}

static void rows_are_cut(void **state)
{
	(void)state;
	expect(JSONSPLIT_ROW, "{\"a\":1}\n {\"b\":[{}]}{}\n", 1024,
		"+{\"a\":1}\n+{\"b\":[{}]}\n+{}\n");
}

static void strings_hide_brackets(void **state)
{
	(void)state;
	expect(JSONSPLIT_ROW, "{\"}\":\"\\\"}{\\\\\"}{\"[\":\"]\"}", 1024,
		"+{\"}\":\"\\\"}{\\\\\"}\n+{\"[\":\"]\"}\n");
}

static void items_are_cut_out_of_a_list(void **state)
{
	(void)state;
	expect(JSONSPLIT_LIST,
		"{\"kind\":\"L\",\"metadata\":{\"items\":[1]},"
		"\"items\": [ {\"a\":1} , {\"items\":[2]}\n]}\n",
		1024,
		"+{\"a\":1}\n+{\"items\":[2]}\n"
		"={\"kind\":\"L\",\"metadata\":{\"items\":[1]},"
		"\"items\":[]}\n");
}

/* Custom resources come sorted: metadata behind the items. */
static void the_envelope_may_come_behind(void **state)
{
	(void)state;
	expect(JSONSPLIT_LIST,
		"{\"items\":[{},{}],\"metadata\":{\"continue\":\"x\"}}", 1024,
		"+{}\n+{}\n={\"items\":[],"
		"\"metadata\":{\"continue\":\"x\"}}\n");
}

static void lists_without_items(void **state)
{
	(void)state;
	expect(JSONSPLIT_LIST, "{\"items\":[]}", 64, "={\"items\":[]}\n");
	expect(JSONSPLIT_LIST, "{\"items\":null,\"a\":[{}]}", 64,
		"={\"items\":null,\"a\":[{}]}\n");
	expect(JSONSPLIT_LIST, "{\"kind\":\"items\",\"a\":[{}]}", 64,
		"={\"kind\":\"items\",\"a\":[{}]}\n");
}

static void large_objects_are_skipped(void **state)
{
	(void)state;
	expect(JSONSPLIT_ROW, "{\"a\":\"0123456789\"}{\"b\":1}", 8,
		"!\n+{\"b\":1}\n");
	expect(JSONSPLIT_LIST, "{\"items\":[{\"a\":\"01234\"},{}]}", 8,
		"!\n+{}\n={\"items\":[]}\n");
	/* the name is found wherever it stands, before the limit or behind */
	expect(JSONSPLIT_LIST,
		"{\"items\":[{\"metadata\":{\"name\":\"x\"},\"b\":\"012345\"},"
		"{\"b\":\"01234567890123456789\",\"metadata\":{\"name\":\"y\"}}"
		",{}]}",
		24, "!x\n!y\n+{}\n={\"items\":[]}\n");
}

static void what_is_no_stream_is_refused(void **state)
{
	(void)state;
	expect_result(JSONSPLIT_ROW, "[{}]", -1);
	expect_result(JSONSPLIT_ROW, "{}1", -1);
	expect_result(JSONSPLIT_LIST, "[]", -1);
	expect_result(JSONSPLIT_LIST, "{\"items\":[1]}", -1);
	expect_result(JSONSPLIT_LIST, "{\"items\":[]} x", -1);
}

static void torn_streams_are_not_whole(void **state)
{
	(void)state;
	expect_result(JSONSPLIT_ROW, "{}{\"a\":", -2);
	expect_result(JSONSPLIT_LIST, "{\"items\":[{}", -2);
	expect_result(JSONSPLIT_LIST, "{\"items\":[{},{\"a\"", -2);
}

static void a_large_envelope_is_refused(void **state)
{
	struct jsonsplit s = jsonsplit_make(64);
	struct jsonsplit_piece p;
	static char text[JSONSPLIT_ENVELOPE_MAX + 16];
	struct str in = {text, sizeof(text)};

	(void)state;
	jsonsplit_reset(&s, JSONSPLIT_LIST, &names);
	memset(text, 'x', sizeof(text));
	memcpy(text, "{\"a\":\"", 6);
	assert_int_equal(jsonsplit_next(&s, &in, &p, NULL), -1);
	jsonsplit_free(&s);
}

/* What is found of an object, and the same when its bytes come singly. */
static void expect_found(const char *text, size_t want, const char *wanted)
{
	struct jsonpeek whole, single;

	jsonpeek_start(&whole, &names);
	jsonpeek_start(&single, &names);
	jsonpeek_take(&whole, str_of(text));
	for (size_t i = 0; text[i] != '\0'; i++)
		jsonpeek_take(&single, (struct str){text + i, 1});
	assert_true(str_is(jsonpeek_text(&whole, want), wanted));
	assert_true(str_is(jsonpeek_text(&single, want), wanted));
}

static void names_are_found_as_they_pass(void **state)
{
	static const struct {
		const char *text, *name, *deep;
	} cases[] = {
		{"{\"kind\":\"name\",\"metadata\": { \"labels\":"
		 "{\"name\":\"no\"},\"x\":[\"name\",\"no\"],"
		 "\"name\" : \"yes\",\"cut",
			"yes", ""},
		{"{\"object\":{\"metadata\":{\"name\":\"in\"", "", "in"},
		{"{\"spec\":{\"metadata\":{\"name\":\"no\"}},"
		 "\"metadata\":{\"name\":\"y\\\"\"",
			"y\\\"", ""},
		{"{\"metadata\":{},\"name\":\"no\"}", "", ""},
		{"{\"metadata\":[\"name\",\"no\"]}", "", ""},
		{"{\"metadata\":[{\"name\":\"no\"}]}", "", ""},
		{"{\"metadata\":{\"name\":\"cut", "", ""},
		{"{\"metadata\":{\"0123456789012345678901234567890123name\":"
		 "\"no\"}}",
			"", ""},
		{"}", "", ""},
		{"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		expect_found(cases[i].text, 0, cases[i].name);
		expect_found(cases[i].text, 1, cases[i].deep);
	}
}

/* A text one byte longer than its room is not cut: it is not found. */
static void long_texts_are_not_found(void **state)
{
	char text[JSONPEEK_TEXT_BYTES + 16] = "{\"a\":\"";
	char *fill = text + 6;
	struct jsonpeek p;

	(void)state;
	memset(fill, 'x', JSONPEEK_TEXT_BYTES + 1);
	memcpy(fill + JSONPEEK_TEXT_BYTES, "\"}", 3);
	jsonpeek_start(&p, &names);
	jsonpeek_take(&p, str_of(text));
	assert_int_equal(jsonpeek_text(&p, 2).n, JSONPEEK_TEXT_BYTES);
	memcpy(fill + JSONPEEK_TEXT_BYTES, "x\"}", 4);
	jsonpeek_start(&p, &names);
	jsonpeek_take(&p, str_of(text));
	assert_int_equal(jsonpeek_text(&p, 2).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_cut),
		cmocka_unit_test(strings_hide_brackets),
		cmocka_unit_test(items_are_cut_out_of_a_list),
		cmocka_unit_test(the_envelope_may_come_behind),
		cmocka_unit_test(lists_without_items),
		cmocka_unit_test(large_objects_are_skipped),
		cmocka_unit_test(what_is_no_stream_is_refused),
		cmocka_unit_test(torn_streams_are_not_whole),
		cmocka_unit_test(a_large_envelope_is_refused),
		cmocka_unit_test(names_are_found_as_they_pass),
		cmocka_unit_test(long_texts_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
