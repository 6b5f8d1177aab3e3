/* The specification of a container that is brought back. */
#include "checkpoint-agent/respec.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const char spec[] =
	"{\"ociVersion\":\"1.2.0\",\"annotations\":{\"x\":\"y\"},"
	"\"process\":{\"args\":[\"x\"]},"
	"\"root\":{\"path\":\"/old\",\"readonly\":true},"
	"\"hooks\":{\"prestart\":[]},"
	"\"mounts\":[{\"destination\":\"/a\",\"source\":\"/1\"},"
	"{\"destination\":\"/b\",\"source\":\"/2\"}],"
	"\"linux\":{\"cgroupsPath\":\"/c\",\"seccomp\":{\"x\":1},"
	"\"namespaces\":[{\"type\":\"pid\"},"
	"{\"type\":\"network\",\"path\":\"/n\"}]}}";

static const struct node *parsed(struct str text)
{
	const struct node *n;
	struct err e = {0};

	if (json_parse(text, &arena, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

/* Rewrite and parse again. */
static const struct node *rewritten(const struct respec *r)
{
	AUTO_BUF struct buf b = buf_growing(65536);
	struct err e = {0};
	char *copy;

	if (respec_put(&b, parsed(str_of(spec)), r, &e) < 0)
		fail_msg("%s", e.text);
	copy = arena_copy(&arena, buf_view(&b));
	return parsed(str_of(copy));
}

static struct str net_path(const struct node *n)
{
	const struct node *list = node_path(n, "linux", "namespaces", NULL);

	return node_text(node_get(node_first(list)->next, "path"));
}

static void the_place_is_changed_and_nothing_else(void **state)
{
	const struct respec r = {"rootfs", "keep", NULL, NULL};
	const struct node *n = rewritten(&r);

	(void)state;
	assert_true(str_is(
		node_text(node_path(n, "root", "path", NULL)), "rootfs"));
	assert_true(node_truth(node_path(n, "root", "readonly", NULL), false));
	assert_null(node_get(n, "hooks"));
	assert_null(node_path(n, "linux", "cgroupsPath", NULL));
	assert_non_null(node_path(n, "linux", "seccomp", "x", NULL));
	assert_non_null(node_path(n, "process", "args", NULL));
	assert_true(str_is(net_path(n), "/n"));
}

static void options_for_criu_are_named(void **state)
{
	const struct respec r = {"r", "keep", NULL, "/b/cgroups.conf"};
	const struct node *notes = node_get(rewritten(&r), "annotations");

	(void)state;
	assert_true(str_is(node_text(node_get(notes, "org.criu.config")),
		"/b/cgroups.conf"));
	assert_true(str_is(node_text(node_get(notes, "x")), "y"));
}

static void the_network_is_as_asked_for(void **state)
{
	(void)state;
	assert_true(
		net_path(rewritten(&(struct respec){"r", "new", NULL, NULL}))
			.n == 0);
	assert_true(str_is(
		net_path(rewritten(&(struct respec){"r", "/m", NULL, NULL})),
		"/m"));
}

static void mounts_get_other_sources(void **state)
{
	const struct args_list binds = {.item = {"/b=/new=x"}, .n = 1};
	const struct args_list wrong = {.item = {"/c=/new"}, .n = 1};
	const struct args_list half = {.item = {"/b"}, .n = 1};
	struct respec r = {"r", "keep", &binds, NULL};
	const struct node *n = rewritten(&r), *mounts = node_get(n, "mounts");
	AUTO_BUF struct buf b = buf_growing(65536);
	struct err e = {0};

	(void)state;
	assert_true(str_is(
		node_text(node_get(node_first(mounts), "source")), "/1"));
	assert_true(
		str_is(node_text(node_get(node_first(mounts)->next, "source")),
			"/new=x"));
	assert_true(str_is(respec_source(n, &r, STR("/a")), "/1"));
	assert_true(str_is(respec_source(n, &r, STR("/b")), "/new=x"));
	r.binds = &wrong;
	assert_int_equal(respec_put(&b, parsed(str_of(spec)), &r, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	r.binds = &half;
	assert_int_equal(respec_put(&b, parsed(str_of(spec)), &r, &e), -1);
}

static void what_is_no_specification_is_refused(void **state)
{
	const struct respec r = {"r", "keep", NULL, NULL};
	AUTO_BUF struct buf b = buf_growing(65536);

	(void)state;
	assert_int_equal(respec_put(&b, parsed(STR("{}")), &r, NULL), -1);
	assert_int_equal(respec_put(&b, parsed(STR("[1]")), &r, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_is_changed_and_nothing_else),
		cmocka_unit_test(options_for_criu_are_named),
		cmocka_unit_test(the_network_is_as_asked_for),
		cmocka_unit_test(mounts_get_other_sources),
		cmocka_unit_test(what_is_no_specification_is_refused),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
