/* Unit tests of kube-proxy-mini/decode, on JSON as the API server sends it. */
#include "kube-proxy-mini/address.h"
#include "kube-proxy-mini/decode.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena memory;

static const struct node *tree(const char *json)
{
	const struct node *n = NULL;
	struct err e = {0};

	arena_free(&memory);
	memory = arena_make(8u << 20);
	if (json_parse(str_of(json), &memory, &n, &e) < 0)
		fail_msg("%s in %s", e.text, json);
	return n;
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

static void a_service_with_everything(void **state)
{
	struct model_service s;

	(void)state;
	assert_int_equal(
		decode_service(
			tree("{\"metadata\":{\"namespace\":\"demo\",\"name\":"
			     "\"all\"},"
			     "\"spec\":{\"type\":\"LoadBalancer\","
			     "\"clusterIP\":\"10.96.0.9\","
			     "\"clusterIPs\":[\"10.96.0.9\",\"fd00:96::9\"],"
			     "\"externalIPs\":[\"203.0.113.4\"],"
			     "\"ports\":[{\"name\":\"dns\",\"port\":53,"
			     "\"protocol\":\"UDP\",\"nodePort\":30053},"
			     "{\"name\":\"s\",\"port\":132,\"protocol\":"
			     "\"SCTP\"}],"
			     "\"loadBalancerSourceRanges\":[\" 198.51.100.7/24 "
			     "\"],"
			     "\"sessionAffinity\":\"ClientIP\","
			     "\"sessionAffinityConfig\":"
			     "{\"clientIP\":{\"timeoutSeconds\":600}},"
			     "\"externalTrafficPolicy\":\"Local\","
			     "\"internalTrafficPolicy\":\"Local\","
			     "\"healthCheckNodePort\":32456,"
			     "\"publishNotReadyAddresses\":true,"
			     "\"trafficDistribution\":\"PreferClose\"},"
			     "\"status\":{\"loadBalancer\":{\"ingress\":["
			     "{\"hostname\":\"lb.example\"},{\"ip\":\"203.0."
			     "113.10\"},"
			     "{\"ip\":\"2001:db8::1\",\"ipMode\":\"Proxy\"}]}}"
			     "}"),
			&memory, &s, NULL),
		0);
	assert_true(str_is(s.ns, "demo") && str_is(s.name, "all"));
	assert_int_equal(s.type, MODEL_LOAD_BALANCER);
	assert_int_equal(s.n_cluster_ips, 2);
	expect_ip(&s.cluster_ips[0], "10.96.0.9");
	expect_ip(&s.cluster_ips[1], "fd00:96::9");
	assert_int_equal(s.n_external_ips, 1);
	assert_int_equal(s.n_ports, 2);
	assert_int_equal(s.ports[0].proto, MODEL_UDP);
	assert_int_equal(s.ports[0].node_port, 30053);
	assert_int_equal(s.ports[1].proto, MODEL_SCTP);
	assert_int_equal(s.ports[1].node_port, 0);
	assert_int_equal(s.n_source_ranges, 1);
	assert_int_equal(s.source_ranges[0].bits, 24);
	expect_ip(&s.source_ranges[0].ip, "198.51.100.0");
	assert_int_equal(s.affinity_s, 600);
	assert_true(s.external_local && s.internal_local);
	assert_true(s.publish_not_ready);
	assert_int_equal(s.health_port, 32456);
	assert_int_equal(s.distribution, MODEL_SPREAD_SAME_ZONE);
	assert_int_equal(s.n_ingress, 2);
	assert_false(s.ingress[0].is_proxy);
	assert_true(s.ingress[1].is_proxy);
}

static void defaults_of_a_service(void **state)
{
	struct model_service s;

	(void)state;
	assert_int_equal(
		decode_service(
			tree("{\"metadata\":{\"namespace\":\"n\",\"name\":"
			     "\"s\"},"
			     "\"spec\":{\"clusterIP\":\"10.96.0.010\","
			     "\"healthCheckNodePort\":1,"
			     "\"sessionAffinity\":\"ClientIP\","
			     "\"ports\":[{\"port\":80}]},\"status\":{}}"),
			&memory, &s, NULL),
		0);
	assert_int_equal(s.type, MODEL_CLUSTER_IP);
	expect_ip(&s.cluster_ips[0], "10.96.0.10");
	assert_int_equal(s.ports[0].proto, MODEL_TCP);
	assert_int_equal(s.affinity_s, 10800);
	assert_int_equal(s.health_port, 0);
	assert_false(s.is_headless || s.is_foreign);
}

static void services_of_others_are_marked(void **state)
{
	struct model_service s;

	(void)state;
	assert_int_equal(
		decode_service(tree("{\"metadata\":{\"namespace\":\"n\","
				    "\"name\":\"s\",\"labels\":"
				    "{\"service.kubernetes.io/"
				    "service-proxy-name\":\"\"}},"
				    "\"spec\":{\"clusterIP\":\"None\"}}"),
			&memory, &s, NULL),
		0);
	assert_true(s.is_headless && s.is_foreign);
	assert_int_equal(s.n_cluster_ips, 0);
}

static const struct {
	const char *spec, *said;
} bad_services[] = {
	{"{\"ports\":[{\"port\":0}]}",
		"Service n/s: spec: ports[0]: port: expected 1 to 65535"},
	{"{\"ports\":[{\"port\":80},{}]}", "ports[1]: port: is missing"},
	{"{\"ports\":[{\"port\":\"80\"}]}", "port: expected 1 to"},
	{"{\"ports\":{}}", "ports: expected a list"},
	{"{\"ports\":[{\"port\":1,\"protocol\":\"ICMP\"}]}",
		"protocol: \"ICMP\" is not known"},
	{"{\"clusterIPs\":[\"10.96.0.1\",\"x\"]}",
		"clusterIPs[1]: \"x\" is no address"},
	{"{\"clusterIP\":7}", "clusterIP: expected a text"},
	{"{\"type\":\"Magic\"}", "type: \"Magic\" is not known"},
	{"{\"loadBalancerSourceRanges\":[\"10.0.0.0/33\"]}",
		"loadBalancerSourceRanges[0]"},
	{"{\"sessionAffinity\":\"ClientIP\",\"sessionAffinityConfig\":"
	 "{\"clientIP\":{\"timeoutSeconds\":86401}}}",
		"timeoutSeconds: expected 1 to 86400"},
	{"{\"publishNotReadyAddresses\":\"yes\"}",
		"publishNotReadyAddresses: expected true or false"},
};

static void bad_fields_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_services) / sizeof(*bad_services);
		i++) {
		char json[512];
		struct buf b = buf_fixed(json, sizeof(json));
		struct model_service s;
		struct err e = {0};

		buf_fmt(&b,
			"{\"metadata\":{\"namespace\":\"n\","
			"\"name\":\"s\"},\"spec\":%s}",
			bad_services[i].spec);
		assert_int_equal(
			decode_service(tree(buf_cstr(&b)), &memory, &s, &e),
			-1);
		if (strstr(e.text, bad_services[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"",
				bad_services[i].said, e.text);
	}
}

#define SLICE(rest)                                                            \
	"{\"metadata\":{\"namespace\":\"n\",\"name\":\"s-1\",\"labels\":"      \
	"{\"kubernetes.io/service-name\":\"s\"}}," rest "}"

static void a_slice_with_everything(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(
		decode_slice(
			tree(SLICE("\"addressType\":\"IPv4\",\"ports\":[{"
				   "\"name\":\"http\","
				   "\"port\":8080,\"protocol\":\"TCP\"},{"
				   "\"name\":\"all\"}],"
				   "\"endpoints\":[{\"addresses\":[\"10.0.0."
				   "1\",\"10.0.0.2\"],"
				   "\"conditions\":{\"ready\":false,"
				   "\"serving\":true,"
				   "\"terminating\":true},\"nodeName\":\"n1\","
				   "\"zone\":\"za\","
				   "\"hints\":{\"forZones\":[{\"name\":\"za\"},"
				   "{\"name\":\"zb\"}],\"forNodes\":[{\"name\":"
				   "\"n1\"}]}},"
				   "{\"addresses\":[]},{\"addresses\":[\"10.0."
				   "0.3\"]}]")),
			&memory, &s, NULL),
		0);
	assert_true(str_is(s.service, "s"));
	assert_int_equal(s.n_ports, 1);
	assert_int_equal(s.ports[0].port, 8080);
	assert_int_equal(s.n_endpoints, 2);
	expect_ip(&s.endpoints[0].ip, "10.0.0.1");
	assert_int_equal(s.endpoints[0].conditions,
		MODEL_EP_SERVING | MODEL_EP_TERMINATING);
	assert_int_equal(s.endpoints[0].n_hint_zones, 2);
	assert_true(str_is(s.endpoints[0].hint_zones[1], "zb"));
	assert_int_equal(s.endpoints[0].n_hint_nodes, 1);
	assert_true(str_is(s.endpoints[0].node, "n1"));
	assert_int_equal(
		s.endpoints[1].conditions, MODEL_EP_READY | MODEL_EP_SERVING);
}

/* serving absent equals ready, whatever ready is */
static void absent_conditions(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(
		decode_slice(
			tree(SLICE(
				"\"addressType\":\"IPv6\",\"endpoints\":["
				"{\"addresses\":[\"fd00::1\"],\"conditions\":"
				"{\"ready\":false}},{\"addresses\":[\"fd00::"
				"2\"],"
				"\"conditions\":{\"ready\":null}}]")),
			&memory, &s, NULL),
		0);
	assert_int_equal(s.endpoints[0].conditions, 0);
	assert_int_equal(
		s.endpoints[1].conditions, MODEL_EP_READY | MODEL_EP_SERVING);
}

static void slices_of_no_use(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(decode_slice(tree(SLICE("\"addressType\":\"FQDN\"")),
				 &memory, &s, NULL),
		1);
	assert_int_equal(decode_slice(tree("{\"metadata\":{\"namespace\":\"n\","
					   "\"name\":\"x\"},"
					   "\"addressType\":\"IPv4\"}"),
				 &memory, &s, NULL),
		1);
	assert_true(str_is(s.name, "x"));
}

static void bad_slices_are_named(void **state)
{
	static const struct {
		const char *json, *said;
	} bad[] = {
		{SLICE("\"addressType\":\"IPv4\",\"endpoints\":"
		       "[{\"addresses\":[\"fd00::1\"]}]"),
			"EndpointSlice n/s-1: endpoints[0]: addresses[0]: "
			"not of the addressType"},
		{SLICE("\"addressType\":\"IPX\""), "\"IPX\" is not known"},
		{SLICE("\"addressType\":\"IPv4\",\"endpoints\":[{"
		       "\"addresses\":[\"1.2.3.4\"],\"hints\":"
		       "{\"forZones\":[{\"name\":1}]}}]"),
			"endpoints[0]: hints.forZones[0]: name"},
		{"{\"metadata\":{\"name\":\"x\"}}", "EndpointSlice: metadata"},
		{"{}", "EndpointSlice: metadata"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct model_slice s;
		struct err e = {0};

		assert_int_equal(
			decode_slice(tree(bad[i].json), &memory, &s, &e), -1);
		if (strstr(e.text, bad[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", bad[i].said,
				e.text);
	}
}

static void addresses_in_text(void **state)
{
	static const struct {
		const char *text, *same;
	} good[] = {{"010.000.0.001", "10.0.0.1"}, {"::1", "::1"},
		{"::ffff:10.0.0.1", "10.0.0.1"},
		{"255.255.255.255", "255.255.255.255"}};
	static const char *const bad[] = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256",
		"1.2.3.-4", "1.2.3.4 ", "fe80::1%eth0", ":", "1..2.3",
		"00000000001.2.3.4"};
	struct model_ip ip;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(address_parse(str_of(good[i].text), &ip), 0);
		expect_ip(&ip, good[i].same);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(address_parse(str_of(bad[i]), &ip), -1);
}

static void ranges_in_text(void **state)
{
	struct model_net net;

	(void)state;
	assert_int_equal(address_parse_net(STR("10.255.255.255/9"), &net), 0);
	expect_ip(&net.ip, "10.128.0.0");
	assert_int_equal(address_parse_net(STR("fd00:1:2:3::9/33"), &net), 0);
	expect_ip(&net.ip, "fd00:1::");
	assert_int_equal(address_parse_net(STR("0.0.0.0/0"), &net), 0);
	assert_int_equal(address_parse_net(STR("10.0.0.0"), &net), -1);
	assert_int_equal(address_parse_net(STR("10.0.0.0/"), &net), -1);
	assert_int_equal(address_parse_net(STR("::/129"), &net), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_service_with_everything, forget),
		cmocka_unit_test_teardown(defaults_of_a_service, forget),
		cmocka_unit_test_teardown(
			services_of_others_are_marked, forget),
		cmocka_unit_test_teardown(bad_fields_are_named, forget),
		cmocka_unit_test_teardown(a_slice_with_everything, forget),
		cmocka_unit_test_teardown(absent_conditions, forget),
		cmocka_unit_test_teardown(slices_of_no_use, forget),
		cmocka_unit_test_teardown(bad_slices_are_named, forget),
		cmocka_unit_test(addresses_in_text),
		cmocka_unit_test(ranges_in_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
