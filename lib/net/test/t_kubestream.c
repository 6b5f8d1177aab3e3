/* kubestream: what a sink is given of lists, watches and errors. */
#include "lib/net/kubestream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define OBJECT_MAX 200

static struct buf seen;
static struct kubestream stream;

static void list_begin(void *context)
{
	(void)context;
	buf_text(&seen, "[");
}

static void list_end(void *context)
{
	(void)context;
	buf_text(&seen, "]");
}

static struct str name_of(const struct node *object)
{
	return node_text(node_path(object, "metadata", "name", NULL));
}

static void put(void *context, const struct node *object)
{
	(void)context;
	buf_fmt(&seen, "+%.*s ", STR_ARG(name_of(object)));
}

static void gone(void *context, const struct node *object)
{
	(void)context;
	buf_fmt(&seen, "-%.*s ", STR_ARG(name_of(object)));
}

static void skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	(void)context;
	assert_true(len_bytes > OBJECT_MAX);
	buf_fmt(&seen, "!%.*s/%.*s ", STR_ARG(ns), STR_ARG(name));
}

static const struct kubestream_sink sink = {
	.list_begin = list_begin,
	.put = put,
	.gone = gone,
	.list_end = list_end,
	.skipped = skipped,
};

static int set_up(void **state)
{
	(void)state;
	seen = buf_growing(4096);
	stream = (struct kubestream){
		.name = "things", .object_max = OBJECT_MAX, .sink = &sink};
	kubestream_open(&stream);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kubestream_close(&stream);
	buf_free(&seen);
	return 0;
}

static int take(const char *text)
{
	struct err e = {0};

	return kubestream_take(&stream, str_of(text), &e);
}

#define EVENT(type, name, version)                                             \
	"{\"type\":\"" type "\",\"object\":{\"metadata\":{\"name\":\"" name    \
	"\",\"resourceVersion\":\"" version "\"}}}\n"

static void pages_make_one_list(void **state)
{
	(void)state;
	kubestream_begin(&stream, KUBESTREAM_LIST);
	assert_int_equal(take("{\"metadata\":{\"resourceVersion\":\"7\","
			      "\"continue\":\"next\"},\"items\":["
			      "{\"metadata\":{\"name\":\"a\"}},"),
		0);
	assert_false(kubestream_may_end(&stream));
	assert_int_equal(take("{\"metadata\":{\"name\":\"b\"}}]}"), 0);
	assert_true(kubestream_may_end(&stream));
	assert_true(stream.has_envelope);
	assert_string_equal(stream.token, "next");
	assert_string_equal(stream.version, "7");
	kubestream_begin(&stream, KUBESTREAM_LIST);
	assert_int_equal(take("{\"items\":[{\"metadata\":{\"name\":\"c\"}}],"
			      "\"metadata\":{\"resourceVersion\":\"7\"}}"),
		0);
	assert_string_equal(stream.token, "");
	assert_false(stream.is_synced);
	kubestream_end_list(&stream);
	assert_true(stream.is_synced);
	assert_string_equal(buf_cstr(&seen), "[+a +b +c ]");
}

static void an_abandoned_list_begins_again(void **state)
{
	(void)state;
	kubestream_begin(&stream, KUBESTREAM_LIST);
	assert_int_equal(
		take("{\"items\":[{\"metadata\":{\"name\":\"a\"}},"), 0);
	kubestream_abandon_list(&stream);
	kubestream_begin(&stream, KUBESTREAM_LIST);
	assert_string_equal(buf_cstr(&seen), "[+a [");
}

static void changes_carry_the_version_forward(void **state)
{
	(void)state;
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_false(stream.has_event);
	assert_int_equal(take(EVENT("ADDED", "a", "8") EVENT("MODIFIED", "a",
				 "9") EVENT("DELETED", "a", "10")),
		0);
	assert_true(stream.has_event);
	assert_string_equal(stream.version, "10");
	assert_int_equal(take(EVENT("BOOKMARK", "", "12")), 0);
	assert_string_equal(stream.version, "12");
	assert_string_equal(buf_cstr(&seen), "+a +a -a ");
}

static void a_bookmark_ends_the_initial_events(void **state)
{
	(void)state;
	kubestream_begin(&stream, KUBESTREAM_INITIAL);
	assert_int_equal(take(EVENT("ADDED", "a", "3")), 0);
	assert_int_equal(take("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":"
			      "{\"resourceVersion\":\"5\",\"annotations\":"
			      "{\"k8s.io/initial-events-end\":\"true\"}}}}"),
		0);
	assert_int_equal(stream.mode, KUBESTREAM_WATCH);
	assert_int_equal(take(EVENT("DELETED", "a", "6")), 0);
	assert_string_equal(buf_cstr(&seen), "[+a ]-a ");
}

/* etcd was restored: a bookmark is older than what was seen before. */
static void versions_that_go_back_are_noticed(void **state)
{
	(void)state;
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_int_equal(take(EVENT("ADDED", "a", "1000")), 0);
	/* a server may repeat an event */
	assert_int_equal(take(EVENT("MODIFIED", "b", "999")), 0);
	assert_int_equal(take(EVENT("BOOKMARK", "", "1000")), 0);
	assert_false(stream.went_back);
	assert_int_equal(take(EVENT("BOOKMARK", "", "998")), -1);
	assert_true(stream.went_back);
	kubestream_begin(&stream, KUBESTREAM_LIST);
	assert_false(stream.went_back);
}

/* Between watches, a short list tells the newest version and nothing else. */
static void a_look_compares_versions_only(void **state)
{
	char text[200];

	(void)state;
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_int_equal(take(EVENT("ADDED", "a", "1000")), 0);
	for (int version = 1001; version >= 999; version--) {
		snprintf(text, sizeof(text),
			"{\"items\":[{\"metadata\":{\"name\":\"z\"}}],"
			"\"metadata\":{\"continue\":\"more\","
			"\"resourceVersion\":\"%d\"}}",
			version);
		kubestream_begin(&stream, KUBESTREAM_LOOK);
		assert_int_equal(take(text), version < 1000 ? -1 : 0);
		assert_int_equal(stream.went_back, version < 1000);
		assert_string_equal(stream.version, "1000");
		assert_string_equal(stream.token, "");
	}
	assert_string_equal(buf_cstr(&seen), "+a ");
}

static void an_error_event_ends_the_stream(void **state)
{
	AUTO_BUF struct buf text = buf_growing(1000);

	(void)state;
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_int_equal(take("{\"type\":\"ERROR\",\"object\":{\"code\":410,"
			      "\"message\":\"too old\"}}"),
		-1);
	assert_int_equal(stream.error_code, 410);
	assert_false(stream.has_event);
	kubestream_put_status(&stream, STR("{\"message\":\"no\"}"), &text);
	kubestream_put_status(&stream, STR(" plain \n"), &text);
	assert_string_equal(buf_cstr(&text), "noplain");
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_int_equal(stream.error_code, 0);
	assert_int_equal(take(EVENT("OTHER", "a", "1")), -1);
}

static void large_objects_are_only_named(void **state)
{
	AUTO_BUF struct buf text = buf_growing(1000);

	(void)state;
	buf_text(&text, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{"
			"\"namespace\":\"n\",\"name\":\"big\","
			"\"resourceVersion\":\"4\"},\"data\":\"");
	buf_fill(&text, 'x', OBJECT_MAX);
	buf_text(&text, "\"}}");
	kubestream_begin(&stream, KUBESTREAM_WATCH);
	assert_int_equal(take(buf_cstr(&text)), 0);
	assert_string_equal(stream.version, "4");
	assert_string_equal(buf_cstr(&seen), "!n/big ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_make_one_list),
		TEST(an_abandoned_list_begins_again),
		TEST(changes_carry_the_version_forward),
		TEST(a_bookmark_ends_the_initial_events),
		TEST(versions_that_go_back_are_noticed),
		TEST(a_look_compares_versions_only),
		TEST(an_error_event_ends_the_stream),
		TEST(large_objects_are_only_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
