/* t_node_facts - a Node, in JSON as the API server sends it. */
#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/watch/node_facts.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena memory;
static struct field_reader reader;

static struct node_facts decode(const char *json)
{
	const struct node *n = NULL;

	arena_free(&memory);
	memory = arena_make(1u << 20);
	assert_int_equal(json_parse(str_of(json), &memory, &n, NULL), 0);
	reader = field_reader_make(&memory);
	return node_facts_decode(n, &reader);
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
	struct node_facts f = decode(
		"{\"metadata\":{\"name\":\"n\",\"labels\":"
		"{\"topology.kubernetes.io/zone\":\"za\"}},"
		"\"spec\":{\"podCIDRs\":[\"10.1.0.0/24\",\"fd00::/64\"],"
		"\"taints\":[{\"key\":\"other\"}]},"
		"\"status\":{\"addresses\":["
		"{\"type\":\"Hostname\",\"address\":\"n\"},"
		"{\"type\":\"ExternalIP\",\"address\":\"203.0.113.1\"},"
		"{\"type\":\"ExternalIP\",\"address\":\"2001:db8::1\"},"
		"{\"type\":\"InternalIP\",\"address\":\"192.0.2.1\"},"
		"{\"type\":\"InternalIP\",\"address\":\"192.0.2.2\"}]}}");

	(void)state;
	assert_int_equal(reader.n_odd, 0);
	assert_true(f.is_eligible);
	assert_string_equal(f.zone, "za");
	expect_ip(&f.ips[MODEL_V4], "192.0.2.1");
	expect_ip(&f.ips[MODEL_V6], "2001:db8::1");
	assert_int_equal(f.n_pod_nets, 2);
	expect_ip(&f.pod_nets[1].ip, "fd00::");
}

static void a_node_about_to_go_is_not_eligible(void **state)
{
	struct node_facts f = decode("{\"spec\":{\"taints\":[{\"key\":"
				     "\"ToBeDeletedByClusterAutoscaler\"}]}}");

	(void)state;
	assert_false(f.is_eligible);
	f = decode("{\"metadata\":{\"deletionTimestamp\":"
		   "\"2026-11-23T12:00:00Z\"}}");
	assert_false(f.is_eligible);
}

static void what_makes_no_sense_costs_itself_only(void **state)
{
	struct node_facts f = decode(
		"{\"spec\":{\"podCIDRs\":[\"x\",\"10.1.0.0/24\"]},"
		"\"status\":{\"addresses\":["
		"{\"type\":\"PodIP\",\"address\":\"192.0.2.9\"},"
		"{\"type\":\"InternalIP\",\"address\":\"192.0.2.1\"}]}}");

	(void)state;
	assert_int_equal(f.n_pod_nets, 1);
	assert_string_equal(
		reader.odd, "spec.podCIDRs[0]: \"x\" is not a prefix");
	expect_ip(&f.ips[MODEL_V4], "192.0.2.1");
	f = decode("{\"status\":{\"addresses\":{}}}");
	assert_false(f.has_ip[MODEL_V4]);
	assert_string_equal(reader.odd, "status.addresses: expected a list");
}

static void facts_go_into_the_environment(void **state)
{
	struct node_facts f = node_facts_none();
	struct env env = env_default();

	(void)state;
	f.pod_nets[0] = (struct model_net){.bits = 24};
	f.n_pod_nets = 1;
	memcpy(f.zone, "za", 3);
	node_facts_apply(&f, false, &env);
	assert_string_equal(env.zone, "za");
	assert_int_equal(env.n_pod_nets, 0);
	node_facts_apply(&f, true, &env);
	assert_int_equal(env.n_pod_nets, 1);
	assert_int_equal(env.detect, ENV_DETECT_NETS);
}

static void what_a_node_loses_stays(void **state)
{
	struct node_facts before =
		decode("{\"spec\":{\"podCIDRs\":[\"10.1.0.0/24\"]},\"status\":"
		       "{\"addresses\":[{\"type\":\"InternalIP\",\"address\":"
		       "\"192.0.2.1\"}]}}");
	struct node_facts now = decode("{}");

	(void)state;
	assert_true(node_facts_keep(&now, &before));
	expect_ip(&now.ips[MODEL_V4], "192.0.2.1");
	assert_int_equal(now.n_pod_nets, 1);
	assert_false(now.has_ip[MODEL_V6]);
	/* others take their place */
	now = decode("{\"status\":{\"addresses\":[{\"type\":"
		     "\"InternalIP\",\"address\":\"192.0.2.2\"}]},"
		     "\"spec\":{\"podCIDRs\":[\"10.2.0.0/24\"]}}");
	assert_false(node_facts_keep(&now, &before));
	expect_ip(&now.ips[MODEL_V4], "192.0.2.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_node_with_everything, forget),
		cmocka_unit_test_teardown(
			a_node_about_to_go_is_not_eligible, forget),
		cmocka_unit_test_teardown(
			what_makes_no_sense_costs_itself_only, forget),
		cmocka_unit_test_teardown(what_a_node_loses_stays, forget),
		cmocka_unit_test(facts_go_into_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
