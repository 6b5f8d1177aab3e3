/* status.dump, as containerd reads it when it restores for a kubelet. */
#include "checkpoint-agent/dump/metadata.h"

#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROOM ((size_t)1 << 20)

static struct arena arena;
static struct target target;

static int setup(void **state)
{
	struct err e = {0};

	(void)state;
	arena = arena_make(ROOM);
	target = (struct target){.id = "abc",
		.created = "",
		.runtime = "runc",
		.told = cri_told_nothing()};
	return json_parse(
		STR("{\"annotations\":{\"io.kubernetes.cri.sandbox-uid\":"
		    "\"u-1\"}}"),
		&arena, &target.spec.tree, &e);
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static const struct node *status_of_target(void)
{
	struct buf b = buf_growing(ROOM);
	const struct node *tree = NULL;
	struct err e = {0};
	char *text;

	metadata_put_cri_status(&b, &target);
	text = arena_copy(&arena, buf_view(&b));
	buf_free(&b);
	assert_int_equal(json_parse(str_of(text), &arena, &tree, &e), 0);
	return tree;
}

static void expect_text(const struct node *tree, const char *map,
	const char *key, const char *v)
{
	struct str text = node_text(node_path(tree, map, key, NULL));

	assert_true(str_is(text, v));
}

static void has_what_the_runtime_told(void **state)
{
	struct cri_pair labels[] = {{"app", STR("web")}};
	struct cri_pair annotations[] = {
		{"io.kubernetes.container.hash", STR("f00")},
		{"io.kubernetes.container.terminationMessagePolicy",
			STR("File")}};
	const struct node *tree;

	(void)state;
	target.told.attempt = 2;
	target.told.log_path = "/var/log/pods/x/2.log";
	target.told.labels = (struct cri_pairs){labels, 1};
	target.told.annotations = (struct cri_pairs){annotations, 2};
	tree = status_of_target();
	expect_text(tree, "labels", "app", "web");
	assert_null(node_path(tree, "labels", "io.kubernetes.pod.name", NULL));
	expect_text(tree, "annotations", "io.kubernetes.container.hash", "f00");
	expect_text(tree, "annotations",
		"io.kubernetes.container.terminationMessagePolicy", "File");
	expect_text(tree, "annotations", "io.kubernetes.container.restartCount",
		"0");
	assert_true(str_is(node_text(node_get(tree, "log_path")),
		"/var/log/pods/x/2.log"));
	assert_int_equal(
		node_whole(node_path(tree, "metadata", "attempt", NULL), 0), 2);
}

static void has_the_keys_that_a_kubelet_needs_without_a_runtime(void **state)
{
	const struct node *tree;

	(void)state;
	target.spec.names.container = STR("main");
	tree = status_of_target();
	expect_text(tree, "metadata", "name", "main");
	expect_text(tree, "labels", "io.kubernetes.container.name", "main");
	expect_text(tree, "labels", "io.kubernetes.pod.uid", "u-1");
	expect_text(tree, "annotations", "io.kubernetes.container.hash", "0");
	expect_text(tree, "annotations", "io.kubernetes.container.restartCount",
		"0");
	assert_null(node_get(tree, "log_path"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			has_what_the_runtime_told, setup, teardown),
		cmocka_unit_test_setup_teardown(
			has_the_keys_that_a_kubelet_needs_without_a_runtime,
			setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
