/* t_decode - Services and EndpointSlices, in JSON as the API server sends it.
 */
#include "kube-proxy-mini/model/address.h"
#include "kube-proxy-mini/watch/decode_service.h"
#include "kube-proxy-mini/watch/decode_slice.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena memory;
static struct field_reader reader;

static const struct node *tree(const char *json)
{
	const struct node *n = NULL;
	struct err e = {0};

	arena_free(&memory);
	memory = arena_make(32u << 20);
	if (json_parse(str_of(json), &memory, &n, &e) < 0)
		fail_msg("%s in %s", e.text, json);
	reader = field_reader_make(&memory);
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
			     "\"healthCheckNodePort\":32456},"
			     "\"status\":{\"loadBalancer\":{\"ingress\":["
			     "{\"hostname\":\"lb.example\"},{\"ip\":\"203.0."
			     "113.10\"},"
			     "{\"ip\":\"2001:db8::1\",\"ipMode\":\"Proxy\"}]}}"
			     "}"),
			&reader, &s, NULL),
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
	assert_int_equal(s.health_port, 32456);
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
			&reader, &s, NULL),
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
			&reader, &s, NULL),
		0);
	assert_true(s.is_headless && s.is_foreign);
	assert_int_equal(s.n_cluster_ips, 0);
}

static struct model_service service_of(const char *spec, const char *status)
{
	static char json[1024]; /* the texts of the Service are views of it */
	struct buf b = buf_fixed(json, sizeof(json));
	struct model_service s;

	buf_fmt(&b,
		"{\"metadata\":{\"namespace\":\"n\",\"name\":\"s\"},"
		"\"spec\":{\"clusterIP\":\"10.96.0.1\",%s},"
		"\"status\":{\"loadBalancer\":{%s}}}",
		spec, status);
	assert_int_equal(
		decode_service(tree(buf_cstr(&b)), &reader, &s, NULL), 0);
	return s;
}

static void expect_odd(const char *said)
{
	if (strstr(reader.odd, said) == NULL)
		fail_msg("expected \"%s\" in \"%s\"", said, reader.odd);
}

#define TWO_PORTS(bad) "\"ports\":[" bad ",{\"name\":\"good\",\"port\":80}]"

static void a_bad_value_costs_itself_only(void **state)
{
	static const struct {
		const char *spec, *said;
	} bad[] = {
		{TWO_PORTS("{\"port\":0}"),
			"spec.ports[0].port: expected 1 to 65535"},
		{TWO_PORTS("{}"), "spec.ports[0].port: is missing"},
		{TWO_PORTS("{\"port\":\"80\"}"), "expected 1 to 65535"},
		{TWO_PORTS("{\"port\":65536}"), "expected 1 to 65535"},
		{TWO_PORTS("7"), "spec.ports[0].port: is missing"},
		{TWO_PORTS("{\"port\":1,\"protocol\":\"QUIC\"}"),
			"spec.ports[0].protocol: \"QUIC\" is not known"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct model_service s = service_of(bad[i].spec, "");

		assert_int_equal(s.n_ports, 1);
		assert_true(str_is(s.ports[0].name, "good"));
		assert_int_equal(s.n_cluster_ips, 1);
		assert_int_equal(reader.n_odd, 1);
		expect_odd(bad[i].said);
	}
}

static void a_bad_member_has_its_default(void **state)
{
	struct model_service s =
		service_of("\"sessionAffinity\":\"ClientIP\","
			   "\"sessionAffinityConfig\":{\"clientIP\":"
			   "{\"timeoutSeconds\":86401}}",
			"");

	(void)state;
	assert_int_equal(s.affinity_s, 10800);
	expect_odd("clientIP.timeoutSeconds: expected 1 to 86400");
	s = service_of("\"ports\":{}", "");
	assert_int_equal(s.n_ports, 0);
	expect_odd("spec.ports: expected a list");
	s = service_of("\"clusterIPs\":[\"x\",\"10.96.0.2\"]", "");
	assert_int_equal(s.n_cluster_ips, 1);
	expect_ip(&s.cluster_ips[0], "10.96.0.2");
	expect_odd("spec.clusterIPs[0]: \"x\" is not an address");
	s = service_of("\"clusterIPs\":[]", "");
	expect_ip(&s.cluster_ips[0], "10.96.0.1");
}

/* One range that cannot be read must not let everybody in. */
static void a_bad_range_lets_nobody_in(void **state)
{
	struct model_service s = service_of(
		"\"loadBalancerSourceRanges\":[\"10.0.0.0/33\"]", "");

	(void)state;
	expect_odd("spec.loadBalancerSourceRanges[0]");
	assert_int_equal(s.n_source_ranges, 2);
	expect_ip(&s.source_ranges[0].ip, "0.0.0.0");
	assert_int_equal(s.source_ranges[0].bits, 32);
	expect_ip(&s.source_ranges[1].ip, "::");
	assert_int_equal(s.source_ranges[1].bits, 128);
}

/*
 * Every member that names a choice, with a word that only a newer API server
 * knows: what kube-proxy 1.37 makes of it, and no Service is lost.
 */
static void words_from_the_future(void **state)
{
	const char *port = "\"ports\":[{\"port\":80}],";
	char spec[256];
	struct model_service s;
	static const char *const keys[] = {"type", "internalTrafficPolicy",
		"externalTrafficPolicy", "sessionAffinity"};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		snprintf(spec, sizeof(spec), "%s\"%s\":\"Future\"", port,
			keys[i]);
		s = service_of(spec, "");
		assert_true(s.type == MODEL_CLUSTER_IP ||
			    s.type == MODEL_OTHER_TYPE);
		assert_false(s.internal_local || s.external_local);
		assert_int_equal(s.affinity_s, 0);
		assert_int_equal(s.n_ports, 1);
		assert_int_equal(s.n_cluster_ips, 1);
		assert_int_equal(reader.n_odd, 1);
		snprintf(spec, sizeof(spec), "spec.%s: \"Future\" is not known",
			keys[i]);
		expect_odd(spec);
	}
	s = service_of("\"type\":\"LoadBalancer\"",
		"\"ingress\":[{\"ip\":\"203.0.113.1\",\"ipMode\":"
		"\"Future\"},{\"ip\":\"203.0.113.2\"}]");
	assert_true(s.ingress[0].is_proxy);
	assert_false(s.ingress[1].is_proxy);
	expect_odd("status.loadBalancer.ingress[0].ipMode: \"Future\"");
}

/* Policies for the outside need a type that the outside can reach. */
static void policy_local_needs_a_way_in(void **state)
{
	static const struct {
		const char *spec;
		bool is_local;
	} of[] = {
		{"\"type\":\"ClusterIP\"", false},
		{"\"type\":\"ClusterIP\",\"externalIPs\":[\"192.0.2.1\"]",
			true},
		{"\"type\":\"NodePort\"", true},
		{"\"type\":\"LoadBalancer\"", true},
		{"\"type\":\"Future\"", false},
	};
	char spec[256];

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		snprintf(spec, sizeof(spec),
			"\"externalTrafficPolicy\":\"Local\",%s", of[i].spec);
		assert_int_equal(
			service_of(spec, "").external_local, of[i].is_local);
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
			&reader, &s, NULL),
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

/* Absent, serving is true, whatever ready is: as kube-proxy takes it. */
static void absent_conditions(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(
		decode_slice(
			tree(SLICE(
				"\"addressType\":\"IPv6\",\"endpoints\":["
				"{\"addresses\":[\"fd00::1\"],\"conditions\":"
				"{\"ready\":false,\"terminating\":true}},"
				"{\"addresses\":[\"fd00::2\"],"
				"\"conditions\":{\"ready\":null}}]")),
			&reader, &s, NULL),
		0);
	assert_int_equal(s.endpoints[0].conditions,
		MODEL_EP_SERVING | MODEL_EP_TERMINATING);
	assert_int_equal(
		s.endpoints[1].conditions, MODEL_EP_READY | MODEL_EP_SERVING);
}

static void slices_of_no_use(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(decode_slice(tree(SLICE("\"addressType\":\"FQDN\"")),
				 &reader, &s, NULL),
		1);
	assert_int_equal(decode_slice(tree("{\"metadata\":{\"namespace\":\"n\","
					   "\"name\":\"x\"},"
					   "\"addressType\":\"IPv4\"}"),
				 &reader, &s, NULL),
		1);
	assert_true(str_is(s.name, "x"));
}

static void bad_entries_of_a_slice_cost_themselves(void **state)
{
	static const struct {
		const char *rest, *said;
		size_t n_ports, n_endpoints;
	} bad[] = {
		{"\"endpoints\":[{\"addresses\":[\"fd00::1\"]},"
		 "{\"addresses\":[\"10.0.0.1\"]}]",
			"endpoints[0].addresses[0]: not of the addressType", 0,
			1},
		{"\"endpoints\":[{\"addresses\":[\"1.2.3.4\"],\"hints\":"
		 "{\"forZones\":[{\"name\":1}]}}]",
			"endpoints[0].name: expected a string", 0, 1},
		{"\"ports\":[{\"name\":\"a\",\"port\":0},"
		 "{\"name\":\"b\",\"port\":80}]",
			"ports[0].port: expected 1 to 65535", 1, 0},
		{"\"ports\":[{\"name\":\"a\",\"port\":1,\"protocol\":"
		 "\"QUIC\"},{\"name\":\"b\",\"port\":80}]",
			"ports[0].protocol: \"QUIC\" is not known", 1, 0},
	};
	char json[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf b = buf_fixed(json, sizeof(json));
		struct model_slice s;

		buf_fmt(&b,
			"{\"metadata\":{\"namespace\":\"n\",\"name\":\"s-1\","
			"\"labels\":{\"kubernetes.io/service-name\":\"s\"}},"
			"\"addressType\":\"IPv4\",%s}",
			bad[i].rest);
		assert_int_equal(
			decode_slice(tree(buf_cstr(&b)), &reader, &s, NULL), 0);
		assert_int_equal(s.n_ports, bad[i].n_ports);
		assert_int_equal(s.n_endpoints, bad[i].n_endpoints);
		expect_odd(bad[i].said);
	}
}

static void an_address_type_of_the_future(void **state)
{
	struct model_slice s;

	(void)state;
	assert_int_equal(decode_slice(tree(SLICE("\"addressType\":\"IPX\"")),
				 &reader, &s, NULL),
		1);
	expect_odd("addressType: \"IPX\" is not known");
}

static void objects_without_a_name_are_refused(void **state)
{
	struct model_slice slice;
	struct model_service service;
	struct err e = {0};

	(void)state;
	assert_int_equal(decode_slice(tree("{\"metadata\":{\"name\":\"x\"}}"),
				 &reader, &slice, &e),
		-1);
	assert_non_null(strstr(e.text, "EndpointSlice: metadata"));
	err_clear(&e);
	assert_int_equal(decode_service(tree("{}"), &reader, &service, &e), -1);
	assert_non_null(strstr(e.text, "Service: metadata"));
}

/* As many ports as the API allows; beyond that the last ones are lost. */
static void more_ports_than_the_limit(void **state)
{
	struct buf b = buf_growing(4u << 20);
	struct model_slice s;

	(void)state;
	buf_text(&b, "{\"metadata\":{\"namespace\":\"n\",\"name\":\"s-1\","
		     "\"labels\":{\"kubernetes.io/service-name\":\"s\"}},"
		     "\"addressType\":\"IPv4\",\"ports\":[");
	for (unsigned int i = 0; i < MODEL_PORTS_MAX + 2; i++)
		buf_fmt(&b, "%s{\"name\":\"p%u\",\"port\":%u}",
			i > 0 ? "," : "", i, i + 1);
	buf_text(&b, "]}");
	assert_int_equal(
		decode_slice(tree(buf_cstr(&b)), &reader, &s, NULL), 0);
	buf_free(&b);
	assert_int_equal(s.n_ports, 20000);
	assert_int_equal(s.ports[19999].port, 20000);
	assert_string_equal(
		reader.odd, "ports: 20002 entries, of which 20000 count");
}

/* What the kernel takes in a fifth of a second; the last ones are lost. */
static void more_source_ranges_than_the_limit(void **state)
{
	struct buf b = buf_growing(4u << 20);
	struct model_service s;

	(void)state;
	buf_text(&b, "{\"metadata\":{\"namespace\":\"n\",\"name\":\"s\"},"
		     "\"spec\":{\"loadBalancerSourceRanges\":[");
	for (unsigned int i = 0; i < MODEL_RANGES_MAX + 3; i++)
		buf_fmt(&b, "%s\"10.%u.%u.%u/32\"", i > 0 ? "," : "", i / 65536,
			i / 256 % 256, i % 256);
	buf_text(&b, "]}}");
	assert_int_equal(
		decode_service(tree(buf_cstr(&b)), &reader, &s, NULL), 0);
	buf_free(&b);
	assert_int_equal(s.n_source_ranges, 4096);
	assert_string_equal(reader.odd,
		"spec.loadBalancerSourceRanges: 4099 entries, of which 4096 "
		"count");
}

/* Many odd values: the first ones are named, all of them are counted. */
static void odd_values_do_not_overflow(void **state)
{
	struct field_reader r = field_reader_make(NULL);

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		field_enter(&r, "spec.ports[%zu]", i);
		field_odd(&r, "port", "expected 1 to 65535");
	}
	assert_int_equal(r.n_odd, 1000);
	assert_non_null(strstr(r.odd, "spec.ports[0].port: expected 1 to "
				      "65535; spec.ports[1].port: "));
	assert_true(strlen(r.odd) < sizeof(r.odd));
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
		cmocka_unit_test_teardown(
			a_bad_value_costs_itself_only, forget),
		cmocka_unit_test_teardown(a_bad_member_has_its_default, forget),
		cmocka_unit_test_teardown(a_bad_range_lets_nobody_in, forget),
		cmocka_unit_test_teardown(words_from_the_future, forget),
		cmocka_unit_test_teardown(policy_local_needs_a_way_in, forget),
		cmocka_unit_test_teardown(a_slice_with_everything, forget),
		cmocka_unit_test_teardown(absent_conditions, forget),
		cmocka_unit_test_teardown(slices_of_no_use, forget),
		cmocka_unit_test_teardown(
			bad_entries_of_a_slice_cost_themselves, forget),
		cmocka_unit_test_teardown(
			an_address_type_of_the_future, forget),
		cmocka_unit_test_teardown(
			objects_without_a_name_are_refused, forget),
		cmocka_unit_test_teardown(more_ports_than_the_limit, forget),
		cmocka_unit_test_teardown(
			more_source_ranges_than_the_limit, forget),
		cmocka_unit_test(odd_values_do_not_overflow),
		cmocka_unit_test(addresses_in_text),
		cmocka_unit_test(ranges_in_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
