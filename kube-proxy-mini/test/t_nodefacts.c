/* Unit tests of kube-proxy-mini/nodefacts. */
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/nodefacts.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena memory;

static int decode(const char *json, struct nodefacts *out, struct err *e)
{
	const struct node *n = NULL;

	arena_free(&memory);
	memory = arena_make(1u << 20);
	assert_int_equal(json_parse(str_of(json), &memory, &n, NULL), 0);
	return nodefacts_decode(n, out, e);
}

static int forget(void **state)
{
	(void)state;
	arena_free(&memory);
	return 0;
}

static void expect_ip(const struct model_ip *ip, const char *text)
{
	char room[ADDRESS_TEXT_BYTES];

	assert_string_equal(address_text(ip, room), text);
}

static void a_node_with_everything(void **state)
{
	struct nodefacts f;

	(void)state;
	assert_int_equal(
		decode("{\"metadata\":{\"name\":\"n\",\"labels\":"
		       "{\"topology.kubernetes.io/zone\":\"za\"}},"
		       "\"spec\":{\"podCIDRs\":[\"10.1.0.0/24\",\"fd00::/64\"],"
		       "\"taints\":[{\"key\":\"other\"}]},"
		       "\"status\":{\"addresses\":["
		       "{\"type\":\"Hostname\",\"address\":\"n\"},"
		       "{\"type\":\"ExternalIP\",\"address\":\"203.0.113.1\"},"
		       "{\"type\":\"ExternalIP\",\"address\":\"2001:db8::1\"},"
		       "{\"type\":\"InternalIP\",\"address\":\"192.0.2.1\"},"
		       "{\"type\":\"InternalIP\",\"address\":\"192.0.2.2\"}]}}",
			&f, NULL),
		0);
	assert_true(f.is_eligible);
	assert_string_equal(f.zone, "za");
	expect_ip(&f.ips[MODEL_V4], "192.0.2.1");
	expect_ip(&f.ips[MODEL_V6], "2001:db8::1");
	assert_int_equal(f.n_pod_nets, 2);
	expect_ip(&f.pod_nets[1].ip, "fd00::");
}

static void a_node_about_to_go_is_not_eligible(void **state)
{
	struct nodefacts f;

	(void)state;
	assert_int_equal(decode("{\"spec\":{\"taints\":[{\"key\":"
				"\"ToBeDeletedByClusterAutoscaler\"}]}}",
				 &f, NULL),
		0);
	assert_false(f.is_eligible);
	assert_int_equal(decode("{\"metadata\":{\"deletionTimestamp\":"
				"\"2026-11-23T12:00:00Z\"}}",
				 &f, NULL),
		0);
	assert_false(f.is_eligible);
}

static void bad_fields_are_named(void **state)
{
	struct nodefacts f;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		decode("{\"spec\":{\"podCIDRs\":[\"x\"]}}", &f, &e), -1);
	assert_non_null(strstr(e.text, "spec.podCIDRs"));
	assert_int_equal(decode("{\"status\":{\"addresses\":{}}}", &f, &e), -1);
	assert_non_null(strstr(e.text, "status: addresses"));
}

static void facts_go_into_the_environment(void **state)
{
	struct nodefacts f = nodefacts_none();
	struct env env = env_default();

	(void)state;
	f.pod_nets[0] = (struct model_net){.bits = 24};
	f.n_pod_nets = 1;
	memcpy(f.zone, "za", 3);
	nodefacts_apply(&f, false, &env);
	assert_string_equal(env.zone, "za");
	assert_int_equal(env.n_pod_nets, 0);
	nodefacts_apply(&f, true, &env);
	assert_int_equal(env.n_pod_nets, 1);
	assert_int_equal(env.detect, ENV_DETECT_NETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_node_with_everything, forget),
		cmocka_unit_test_teardown(
			a_node_about_to_go_is_not_eligible, forget),
		cmocka_unit_test_teardown(bad_fields_are_named, forget),
		cmocka_unit_test(facts_go_into_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
