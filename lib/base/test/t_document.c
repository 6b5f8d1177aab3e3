/* JSON and YAML give the same trees; what they refuse is said with a place. */
#include "lib/base/json.h"
#include "lib/base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES ((size_t)1 << 20)

typedef int parse_fn(
	struct str, struct arena *, const struct node **, struct err *);

static void as_json(parse_fn *parse, const char *text, const char *want)
{
	struct arena a = arena_make(ARENA_BYTES);
	struct buf b = buf_growing(ARENA_BYTES);
	struct json_out o = json_out(&b, 0);
	const struct node *n = NULL;
	struct err e = {0};

	if (parse(str_of(text), &a, &n, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	json_node(&o, NULL, n);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
	arena_free(&a);
}

static void refused(parse_fn *parse, const char *text, const char *why)
{
	struct arena a = arena_make(ARENA_BYTES);
	const struct node *n = NULL;
	struct err e = {0};

	assert_int_equal(parse(str_of(text), &a, &n, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("%s: said \"%s\", not \"%s\"", text, e.text, why);
	arena_free(&a);
}

static void json_round_trips(void **state)
{
	static const char *const same[] = {
		"{\"a\":[1,-2,true,null,{\"b\":\"x\\ny\"}],\"c\":{}}",
		"[]",
		"\"\xc3\xa9\"",
		"[[[[]]],{}]",
		"-9223372036854775808",
	};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		as_json(json_parse, same[i], same[i]);
	as_json(json_parse, "{\"u\":\"\\u0041\\u00e9\"}",
		"{\"u\":\"A\xc3\xa9\"}");
	as_json(json_parse, "18446744073709551615", "1.8446744073709552e+19");
}

static void json_refuses(void **state)
{
	char deep[200];

	(void)state;
	refused(json_parse, "", "byte 0");
	refused(json_parse, "{\"a\":1,}", "byte");
	refused(json_parse, "{} {}", "byte 3");
	refused(json_parse, "\"\xff\"", "byte");
	memset(deep, '[', 100);
	memset(deep + 100, ']', 99);
	deep[199] = '\0';
	refused(json_parse, deep, "byte");
	deep[0] = ' ';
	refused(json_parse, deep, "nested deeper than 64");
}

static void json_writes_what_it_is_told(void **state)
{
	struct buf b = buf_growing(ARENA_BYTES);
	struct json_out o = json_out(&b, 2);

	(void)state;
	json_map(&o, NULL);
	json_text(&o, "name", "a\"b\\\x01\xff");
	json_list(&o, "empty");
	json_list_end(&o);
	json_list(&o, "list");
	json_whole(&o, NULL, -5);
	json_truth(&o, NULL, false);
	json_list_end(&o);
	json_map_end(&o);
	assert_string_equal(buf_cstr(&b),
		"{\n  \"name\": \"a\\\"b\\\\\\u0001\xef\xbf\xbd\",\n"
		"  \"empty\": [],\n  \"list\": [\n    -5,\n"
		"    false\n  ]\n}");
	buf_free(&b);
}

static void yaml_follows_the_core_schema(void **state)
{
	(void)state;
	as_json(yaml_parse, "a: 1\nb: '1'\nc: yes\nd: true\ne: ~\nf:\n",
		"{\"a\":1,\"b\":\"1\",\"c\":\"yes\",\"d\":true,"
		"\"e\":null,\"f\":null}");
	as_json(yaml_parse, "- 0x1F\n- 0o17\n- 1.5\n- -3\n- +4\n- 1.2.3\n",
		"[31,15,1.5,-3,4,\"1.2.3\"]");
	as_json(yaml_parse, "{a: [x, y], b: {c: d}}",
		"{\"a\":[\"x\",\"y\"],\"b\":{\"c\":\"d\"}}");
	as_json(yaml_parse, "", "null");
	as_json(yaml_parse, "x: |\n  one\n  two\n", "{\"x\":\"one\\ntwo\\n\"}");
}

static void yaml_repeats_what_anchors_name(void **state)
{
	(void)state;
	as_json(yaml_parse, "a: &x 1\nb: *x\n", "{\"a\":1,\"b\":1}");
	as_json(yaml_parse, "a: &x [1, &y {b: c}]\nd: *x\ne: *y\n",
		"{\"a\":[1,{\"b\":\"c\"}],\"d\":[1,{\"b\":\"c\"}],"
		"\"e\":{\"b\":\"c\"}}");
	/* the latest of one name */
	as_json(yaml_parse, "[&x 1, *x, &x 2, *x]", "[1,1,2,2]");
	/* merged: what a map has itself comes first, then earlier ones */
	as_json(yaml_parse,
		"- &p {a: 1, b: 2}\n- &q {b: 3, c: 4}\n"
		"- {<<: *p, b: 5}\n- {b: 5, <<: [*p, *q]}\n",
		"[{\"a\":1,\"b\":2},{\"b\":3,\"c\":4},"
		"{\"b\":5,\"a\":1},{\"b\":5,\"a\":1,\"c\":4}]");
	as_json(yaml_parse, "a: &x {k: 1}\nb: {<<: *x}\nc: *x\n",
		"{\"a\":{\"k\":1},\"b\":{\"k\":1},\"c\":{\"k\":1}}");
}

static void yaml_bounds_what_aliases_repeat(void **state)
{
	char laughs[600] = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
	char many[2000] = "";

	(void)state;
	for (char c = 'b'; c < 'h'; c++)
		snprintf(laughs + strlen(laughs),
			sizeof(laughs) - strlen(laughs),
			"%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c,
			c, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1,
			c - 1);
	refused(yaml_parse, laughs, "aliases make the document too large");
	for (int i = 0; i < 65; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many),
			"- &a%d 1\n", i);
	refused(yaml_parse, many, "line 65: too many or too long anchors");
	refused(yaml_parse, "a: &x [*x]\n",
		"an alias within what it stands for");
	refused(yaml_parse, "a: 1\nb: *x\n",
		"line 2: an alias of an anchor that is not there");
	refused(yaml_parse, "a: &x 1\nb: {<<: *x}\n", "line 2: <<: not a map");
	refused(yaml_parse, "a: &x b\n*x : 1\n", "line 2: a key");
	refused(yaml_parse, "&x a: 1\n", "line 1: anchors of keys");
}

/* As Go's YAML takes a text of several. */
static void yaml_takes_the_first_document(void **state)
{
	(void)state;
	as_json(yaml_parse_first, "a: 1\n---\nb: 2\n", "{\"a\":1}");
	as_json(yaml_parse_first, "---\na: 1\n...\n[broken", "{\"a\":1}");
	as_json(yaml_parse_first, "a: 1\n", "{\"a\":1}");
	as_json(yaml_parse_first, "", "null");
}

static void yaml_refuses_with_the_line(void **state)
{
	char deep[200];

	(void)state;
	refused(yaml_parse, "a: 1\na: 2\n", "line 2: key \"a\" occurs twice");
	refused(yaml_parse, "a: !!int 3\n", "line 1: tags");
	refused(yaml_parse, "a: 1\n---\nb: 2\n", "line 2: more than one");
	refused(yaml_parse, "a: [1\n", "line");
	refused(yaml_parse, "? [a]\n: b\n", "line 1: a key");
	memset(deep, '[', 150);
	deep[150] = '\0';
	refused(yaml_parse, deep, "nested too deep");
}

static void needs_name_key_and_line(void **state)
{
	struct arena a = arena_make(ARENA_BYTES);
	const struct node *n = NULL;
	const struct node *v = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(yaml_parse(STR("x: 1\ny: [a]\n"), &a, &n, &e), 0);
	assert_int_equal(node_need(n, "y", NODE_LIST, &v, &e), 0);
	assert_int_equal(v->count, 1);
	assert_int_equal(node_need(n, "y", NODE_TEXT, &v, &e), -1);
	assert_string_equal(e.text, "line 2: y: must be a text, is a list");
	assert_int_equal(node_need(n, "z", NODE_TEXT, &v, &e), -1);
	assert_non_null(strstr(e.text, "z: missing"));
	assert_null(node_path(n, "x", "deeper", NULL));
	arena_free(&a);
}

static void json_leaves_members_out(void **state)
{
	struct arena a = arena_make(1 << 16);
	const struct node *n = NULL;

	(void)state;
	assert_int_equal(json_parse_without(STR("{\"a\":{\"x\":[1,{}],\"b\":2},"
						"\"x\":{\"y\":1},\"xx\":3}"),
				 "x", &a, &n, NULL),
		0);
	assert_null(node_get(n, "x"));
	assert_null(node_path(n, "a", "x", NULL));
	assert_int_equal(node_whole(node_path(n, "a", "b", NULL), 0), 2);
	assert_int_equal(node_whole(node_get(n, "xx"), 0), 3);
	assert_int_equal(
		json_parse_without(STR("{\"x\":[}"), "x", &a, &n, NULL), -1);
	arena_free(&a);
}

static void a_small_arena_is_an_error(void **state)
{
	struct arena a = arena_make(200);
	const struct node *n = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(json_parse(STR("[1,2,3,4,5,6,7,8]"), &a, &n, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_round_trips),
		cmocka_unit_test(json_refuses),
		cmocka_unit_test(json_leaves_members_out),
		cmocka_unit_test(json_writes_what_it_is_told),
		cmocka_unit_test(yaml_follows_the_core_schema),
		cmocka_unit_test(yaml_repeats_what_anchors_name),
		cmocka_unit_test(yaml_bounds_what_aliases_repeat),
		cmocka_unit_test(yaml_takes_the_first_document),
		cmocka_unit_test(yaml_refuses_with_the_line),
		cmocka_unit_test(needs_name_key_and_line),
		cmocka_unit_test(a_small_arena_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
