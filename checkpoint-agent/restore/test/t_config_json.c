/* Make the config.json of a restored container. */
#include "checkpoint-agent/restore/config_json.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static const char spec[] =
	"{\"ociVersion\":\"1.2.0\",\"annotations\":{"
	"\"io.kubernetes.pod.name\":\"y\",\"org.criu.config\":\"/evil\","
	"\"run.oci.handler\":\"krun\"},\"vm\":{},\"Hooks\":{},"
	"\"process\":{\"args\":[\"x\"]},"
	"\"root\":{\"path\":\"/old\",\"readonly\":true},"
	"\"hooks\":{\"prestart\":[]},"
	"\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\","
	"\"source\":\"proc\",\"Type\":\"bind\",\"SOURCE\":\"/etc\"},"
	"{\"destination\":\"/b\",\"source\":\"/2\",\"type\":\"bind\"}],"
	"\"linux\":{\"cgroupsPath\":\"/c\",\"intelRdt\":{},"
	"\"resources\":{\"pids\":{\"limit\":5},\"Devices\":[],\"devices\":["
	"{\"allow\":false,\"access\":\"rwm\"},"
	"{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3},"
	"{\"allow\":true,\"type\":\"b\",\"major\":8,\"minor\":0},"
	"{\"allow\":true,\"type\":\"b\",\"access\":\"m\"}]},"
	"\"seccomp\":{\"x\":1},"
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
static const struct node *rewritten(const struct config_json *r)
{
	AUTO_BUF struct buf b = buf_growing(65536);
	struct err e = {0};
	char *copy;

	if (config_json_put(&b, parsed(str_of(spec)), r, &e) < 0)
		fail_msg("%s", e.text);
	copy = arena_copy(&arena, buf_view(&b));
	return parsed(str_of(copy));
}

static struct str net_path(const struct node *n)
{
	const struct node *list = node_path(n, "linux", "namespaces", NULL);

	return node_text(node_get(node_first(list)->next, "path"));
}

static const struct config_json keep = {"rootfs", {.net = "keep"}, NULL};

static void only_known_members_are_written(void **state)
{
	const struct node *n = rewritten(&keep);

	(void)state;
	assert_true(str_is(
		node_text(node_path(n, "root", "path", NULL)), "rootfs"));
	assert_true(node_truth(node_path(n, "root", "readonly", NULL), false));
	assert_null(node_get(n, "hooks"));
	assert_null(node_get(n, "Hooks"));
	assert_null(node_get(n, "vm"));
	assert_null(node_path(n, "linux", "cgroupsPath", NULL));
	assert_null(node_path(n, "linux", "intelRdt", NULL));
	assert_non_null(node_path(n, "linux", "seccomp", "x", NULL));
	assert_non_null(node_path(n, "process", "args", NULL));
	assert_true(str_is(net_path(n), "/n"));
}

static void annotations_for_runtimes_are_left_out(void **state)
{
	const struct config_json r = {"r", {.net = "keep"}, "/b/criu.conf"};
	const struct node *notes = node_get(rewritten(&keep), "annotations");

	(void)state;
	assert_int_equal(notes->count, 1);
	assert_true(str_is(
		node_text(node_get(notes, "io.kubernetes.pod.name")), "y"));
	notes = node_get(rewritten(&r), "annotations");
	assert_int_equal(notes->count, 2);
	assert_true(str_is(
		node_text(node_get(notes, "org.criu.config")), "/b/criu.conf"));
}

/* Go takes a key in any case, and the last one. */
static void keys_in_another_case_are_left_out(void **state)
{
	const struct node *n = rewritten(&keep);
	const struct node *proc = node_first(node_get(n, "mounts"));

	(void)state;
	assert_int_equal(proc->count, 3);
	assert_null(node_get(proc, "Type"));
	assert_null(node_get(proc, "SOURCE"));
	assert_null(node_path(n, "linux", "resources", "Devices", NULL));
}

static void rules_for_devices_of_the_node_are_left_out(void **state)
{
	const struct args_list disk = {.item = {"b 8:0"}, .n = 1};
	const struct config_json r = {
		"r", {.net = "keep", .devices = &disk}, NULL};
	const struct node *n = rewritten(&keep);

	(void)state;
	n = node_path(n, "linux", "resources", "devices", NULL);
	assert_int_equal(n->count, 3);
	n = node_path(rewritten(&r), "linux", "resources", "devices", NULL);
	assert_int_equal(n->count, 4);
}

static void network_namespace_is_as_requested(void **state)
{
	const struct config_json new = {"r", {.net = "new"}, NULL};
	const struct config_json other = {"r", {.net = "/m"}, NULL};

	(void)state;
	assert_true(net_path(rewritten(&new)).n == 0);
	assert_true(str_is(net_path(rewritten(&other)), "/m"));
}

static void binds_replace_mount_sources(void **state)
{
	const struct args_list binds = {.item = {"/b=/new=x"}, .n = 1};
	const struct args_list same = {.item = {"/b"}, .n = 1};
	struct config_json r = {"r", {.net = "keep", .binds = &binds}, NULL};
	const struct node *mounts = node_get(rewritten(&r), "mounts");

	(void)state;
	assert_true(
		str_is(node_text(node_get(node_first(mounts)->next, "source")),
			"/new=x"));
	r.allowed.binds = &same;
	mounts = node_get(rewritten(&r), "mounts");
	assert_true(str_is(
		node_text(node_get(node_first(mounts)->next, "source")), "/2"));
	r.allowed.binds = NULL;
	assert_int_equal(node_get(rewritten(&r), "mounts")->count, 1);
}

static void malformed_specifications_are_refused(void **state)
{
	AUTO_BUF struct buf b = buf_growing(65536);

	(void)state;
	assert_int_equal(
		config_json_put(&b, parsed(STR("{}")), &keep, NULL), -1);
	assert_int_equal(
		config_json_put(&b, parsed(STR("[1]")), &keep, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_members_are_written),
		cmocka_unit_test(annotations_for_runtimes_are_left_out),
		cmocka_unit_test(keys_in_another_case_are_left_out),
		cmocka_unit_test(rules_for_devices_of_the_node_are_left_out),
		cmocka_unit_test(network_namespace_is_as_requested),
		cmocka_unit_test(binds_replace_mount_sources),
		cmocka_unit_test(malformed_specifications_are_refused),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
