/* What a restore obeys of an archive's configuration. */
#include "checkpoint-agent/restore/plan.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

#define NAMESPACES                                                             \
	"{\"type\":\"mount\"},{\"type\":\"pid\"},{\"type\":\"ipc\"},"          \
	"{\"type\":\"uts\"}"

static const struct node *parsed(const char *text)
{
	const struct node *n;
	struct err e = {0};

	if (json_parse(str_of(text), &arena, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

/* A configuration with these mounts and members of linux. */
static const struct node *spec_with(const char *mounts, const char *linux_part)
{
	AUTO_BUF struct buf b = buf_growing(65536);
	char *copy;

	buf_fmt(&b,
		"{\"root\":{\"path\":\"/\"},\"mounts\":[%s],\"linux\":{%s}}",
		mounts, linux_part);
	copy = arena_copy(&arena, buf_view(&b));
	return parsed(copy);
}

static const struct node *plain_with(const char *mounts)
{
	return spec_with(mounts,
		"\"namespaces\":[" NAMESPACES ",{\"type\":\"network\"}]");
}

static void refused(
	const struct node *spec, const struct rule_allowed *a, const char *name)
{
	struct err e = {0};

	assert_int_equal(plan_check(spec, a, &e), -1);
	assert_int_equal(e.kind, ERR_DENIED);
	if (!strstr(e.text, name))
		fail_msg("%s", e.text);
}

static void allowed(const struct node *spec, const struct rule_allowed *a)
{
	struct err e = {0};

	if (plan_check(spec, a, &e) < 0)
		fail_msg("%s", e.text);
}

static void places_of_the_node_need_an_option(void **state)
{
	static const char *const mounts[] = {
		"{\"destination\":\"/d\",\"type\":\"bind\",\"source\":\"/s\"}",
		("{\"destination\":\"/d\",\"type\":\"tmpfs\",\"source\":\"/s\","
		 "\"options\":[\"rbind\"]}"),
		"{\"destination\":\"/d\",\"type\":\"ext4\",\"source\":\"/s\"}",
		"{\"destination\":\"/d\",\"source\":\"/s\"}",
	};
	const struct args_list same = {.item = {"/d"}, .n = 1};
	const struct args_list other = {.item = {"/d=/o"}, .n = 1};
	const struct args_list wrong = {.item = {"/e"}, .n = 1};
	struct rule_allowed a = {.net = ""};
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		const struct node *spec = plain_with(mounts[i]);

		a.binds = NULL;
		refused(spec, &a, "mount /d (/s)");
		a.binds = &same;
		allowed(spec, &a);
		a.binds = &other;
		allowed(spec, &a);
		a.binds = &wrong;
		assert_int_equal(plan_check(spec, &a, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
	}
}

static void own_mounts_need_none(void **state)
{
	const struct rule_allowed a = {.net = ""};

	(void)state;
	allowed(plain_with(
			"{\"destination\":\"/t\",\"type\":\"tmpfs\",\"source\":"
			"\"tmpfs\"},{\"destination\":\"/dev/null\",\"type\":"
			"\"bind\",\"source\":\"/dev/null\"}"),
		&a);
}

static void namespaces_of_the_node_need_an_option(void **state)
{
	const struct args_list joins = {.item = {"pid=/p", "uts"}, .n = 2};
	struct rule_allowed a = {.net = ""};
	const struct node *none = spec_with("", "\"namespaces\":[]");
	const struct node *paths = spec_with("",
		"\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"ipc\","
		"\"path\":\"/i\"},{\"type\":\"pid\",\"path\":\"/p\"},"
		"{\"type\":\"network\",\"path\":\"/n\"}]");

	(void)state;
	refused(none, &a, "namespace mount, the node's own");
	refused(paths, &a, "namespace pid (/p)");
	refused(paths, &a, "namespace network (/n)");
	refused(paths, &a, "namespace uts, the node's own");
	a.joins = &joins;
	refused(paths, &a, "namespace network (/n)");
	a.net = "keep";
	allowed(paths, &a);
	a.net = "new";
	allowed(paths, &a);
}

static void devices_of_the_node_need_an_option(void **state)
{
	const struct args_list disk = {.item = {"b 8:*"}, .n = 1};
	const struct args_list all = {.item = {"all"}, .n = 1};
	struct rule_allowed a = {.net = ""};
	const struct node *rule = spec_with("",
		"\"namespaces\":[" NAMESPACES ",{\"type\":\"network\"}],"
		"\"resources\":{\"devices\":[{\"allow\":true,\"type\":\"b\","
		"\"major\":8,\"access\":\"rw\"}]}");
	const struct node *any = spec_with("",
		"\"namespaces\":[" NAMESPACES ",{\"type\":\"network\"}],"
		"\"resources\":{\"devices\":[{\"allow\":true}]}");

	(void)state;
	refused(rule, &a, "device b 8:* (rw)");
	refused(any, &a, "device a *:*");
	a.devices = &disk;
	allowed(rule, &a);
	refused(any, &a, "device a *:*");
	a.devices = &all;
	allowed(any, &a);
}

static void everything_is_shown(void **state)
{
	const struct rule_allowed a = {.net = ""};
	AUTO_BUF struct buf b = buf_growing(65536);
	struct json_out o = json_out(&b, 0);
	struct images c = {
		.spec = parsed("{\"root\":{\"path\":\"/\"},\"hooks\":{"
			       "\"prestart\":[{\"path\":\"/bin/evil\"}]},"
			       "\"annotations\":{\"run.oci.handler\":\"x\"},"
			       "\"process\":{\"capabilities\":{\"bounding\":["
			       "\"CAP_KILL\"]}}}")};

	(void)state;
	json_map(&o, NULL);
	plan_put(&o, &c, &a);
	json_map_end(&o);
	assert_non_null(strstr(buf_cstr(&b), "/bin/evil\",\"fate\":\"dropped"));
	assert_non_null(strstr(buf_cstr(&b), "run.oci.handler"));
	assert_non_null(strstr(buf_cstr(&b), "CAP_KILL"));
	assert_non_null(strstr(buf_cstr(&b), "\"possible\":false"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_of_the_node_need_an_option),
		cmocka_unit_test(own_mounts_need_none),
		cmocka_unit_test(namespaces_of_the_node_need_an_option),
		cmocka_unit_test(devices_of_the_node_need_an_option),
		cmocka_unit_test(everything_is_shown),
	};
	int failed;

	arena = arena_make(1 << 20);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
