/* t_configfile - fields set flags; mistakes are named by line and field. */
#include "kube-proxy-mini/config/configfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"apiVersion: kubeproxy.config.k8s.io/v1alpha1\n"                       \
	"kind: KubeProxyConfiguration\n"

static struct arena memory;
static char warned[256];

static void warn(const char *field)
{
	strncat(warned, field, sizeof(warned) - strlen(warned) - 1);
	strncat(warned, " ", sizeof(warned) - strlen(warned) - 1);
}

static int parse(const char *text, struct config_flags *f, struct err *e)
{
	arena_free(&memory);
	memory = arena_make(1u << 20);
	warned[0] = '\0';
	*f = config_defaults();
	return configfile_parse(str_of(text), &memory, f, warn, e);
}

static int forget(void **state)
{
	(void)state;
	arena_free(&memory);
	return 0;
}

static void what_is_supported_is_taken(void **state)
{
	struct config_flags f;

	(void)state;
	assert_int_equal(
		parse(HEAD "clientConnection: {kubeconfig: /var/lib/k.conf}\n"
			   "hostnameOverride: n1\n"
			   "clusterCIDR: 10.0.0.0/8,fd00::/8\n"
			   "nodePortAddresses: [192.0.2.0/24, 10.0.0.0/8]\n"
			   "healthzBindAddress: ''\n"
			   "mode: nftables\n"
			   "nftables: {masqueradeAll: true, minSyncPeriod: "
			   "1s500ms}\n"
			   "detectLocalMode: BridgeInterface\n"
			   "detectLocal: {bridgeInterface: cni0}\n"
			   "conntrack: {maxPerCore: 0, tcpBeLiberal: true,"
			   " tcpEstablishedTimeout: 1h0m0s}\n",
			&f, NULL),
		0);
	assert_string_equal(f.kubeconfig, "/var/lib/k.conf");
	assert_string_equal(f.hostname_override, "n1");
	assert_int_equal(f.cluster_cidr.n, 1);
	assert_int_equal(f.nodeport_addresses.n, 2);
	assert_string_equal(f.healthz_bind, "0.0.0.0:10256");
	assert_string_equal(f.metrics_bind, "127.0.0.1:10249");
	assert_true(f.masquerade_all);
	assert_int_equal(f.min_sync_ms, 1500);
	assert_string_equal(f.bridge_interface, "cni0");
	assert_int_equal(f.conntrack.max_per_core, 0);
	assert_int_equal(f.conntrack.tcp_established_ms, 3600000);
	assert_true(f.conntrack.is_liberal);
	assert_string_equal(warned, "");
}

/* As kubeadm writes it: all fields, most of them null or at their defaults. */
static void a_file_of_defaults_is_quiet(void **state)
{
	struct config_flags f;

	(void)state;
	assert_int_equal(
		parse(HEAD "bindAddress: 0.0.0.0\nbindAddressHardFail: false\n"
			   "clientConnection:\n  acceptContentTypes: ''\n"
			   "  burst: 0\n  contentType: ''\n  qps: 0\n"
			   "  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\n"
			   "configSyncPeriod: 0s\n"
			   "conntrack:\n  maxPerCore: null\n  min: null\n"
			   "enableProfiling: false\nfeatureGates: {}\n"
			   "healthzBindAddress: ''\n"
			   "iptables: {masqueradeBit: null, syncPeriod: 0s,"
			   " masqueradeAll: false, localhostNodePorts: null}\n"
			   "ipvs: {scheduler: '', excludeCIDRs: null}\n"
			   "mode: ''\n"
			   "nodePortAddresses: null\noomScoreAdj: null\n"
			   "logging: {flushFrequency: 0, verbosity: 0,"
			   " options: {json: {infoBufferSize: '0'}}}\n"
			   "portRange: ''\nshowHiddenMetricsForVersion: ''\n"
			   "winkernel: {networkName: ''}\n",
			&f, NULL),
		0);
	assert_string_equal(warned, "");
	assert_string_equal(f.healthz_bind, "0.0.0.0:10256");
}

static void what_has_no_effect_is_named(void **state)
{
	struct config_flags f;

	(void)state;
	assert_int_equal(parse(HEAD "featureGates: {NFTablesProxyMode: true}\n"
				    "enableProfiling: true\noomScoreAdj: -999\n"
				    "clientConnection: {qps: 5}\n",
				 &f, NULL),
		0);
	assert_string_equal(warned, "featureGates enableProfiling oomScoreAdj "
				    "clientConnection.qps ");
}

/* Fields of older versions, and of what is no configuration at all. */
static void fields_not_known_are_named(void **state)
{
	struct config_flags f;

	(void)state;
	assert_int_equal(
		parse(HEAD "metadata: {name: kube-proxy}\n"
			   "udpIdleTimeout: 250ms\nresourceContainer: /k\n"
			   "conntrack:\n  max: 0\n  min: 7\n"
			   "moed: nftables\n",
			&f, NULL),
		0);
	assert_string_equal(warned, "metadata (line 3, not known) "
				    "udpIdleTimeout (line 4, not known) "
				    "resourceContainer (line 5, not known) "
				    "conntrack.max (line 7, not known) "
				    "moed (line 9, not known) ");
	assert_int_equal(f.conntrack.min, 7);
}

/* A value that the file gave is not laid to a flag that nobody gave. */
static void wrong_values_are_named_by_line_and_field(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{HEAD "mode: iptables\n",
			"f.yaml: line 3: mode: \"iptables\" is not supported"},
		{HEAD "nodePortAddresses:\n- elsewhere\n",
			"f.yaml: line 4: nodePortAddresses: \"elsewhere\""},
		{HEAD "clusterCIDR: 10\n", "line 3: clusterCIDR"},
		{HEAD "metricsBindAddress: here\n",
			"f.yaml: line 3: metricsBindAddress: \"here\" is not "
			"IP:PORT"},
		{HEAD "detectLocalMode: Guess\n",
			"f.yaml: line 3: detectLocalMode: \"Guess\""},
	};
	static struct config_flags f;
	static struct config c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};
		int done = parse(bad[i].text, &f, &e);

		f.file = "f.yaml";
		if (done == 0)
			done = config_make(&f, &c, &e);
		assert_int_equal(done, -1);
		if (strstr(e.text, bad[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", bad[i].said,
				e.text);
	}
	/* a flag that overrides the file is to blame itself */
	assert_int_equal(parse(HEAD "mode: nftables\n", &f, NULL), 0);
	f.proxy_mode = "ipvs";
	{
		struct err e = {0};

		assert_int_equal(config_make(&f, &c, &e), -1);
		assert_non_null(strstr(e.text, "--proxy-mode: \"ipvs\""));
	}
}

static void mistakes_are_named_by_line_and_field(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{"", "apiVersion or kind is missing"},
		{"kind: Pod\napiVersion: v1\n",
			"line 1: kind: expected KubeProxyConfiguration"},
		{HEAD "nftables: 7\n", "line 3: nftables: expected a map"},
		{HEAD "nftables: {minSyncPeriod: 1}\n",
			"nftables.minSyncPeriod: expected a time"},
		{HEAD "conntrack: {min: -1}\n",
			"conntrack.min: expected a number"},
		{HEAD "clusterCIDR: [1]\n", "clusterCIDR: expected strings"},
		{HEAD "mode: [a]\n", "line 3: mode: expected a string"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct config_flags f;
		struct err e = {0};

		assert_int_equal(parse(bad[i].text, &f, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (strstr(e.text, bad[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", bad[i].said,
				e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(what_is_supported_is_taken, forget),
		cmocka_unit_test_teardown(a_file_of_defaults_is_quiet, forget),
		cmocka_unit_test_teardown(what_has_no_effect_is_named, forget),
		cmocka_unit_test_teardown(fields_not_known_are_named, forget),
		cmocka_unit_test_teardown(
			wrong_values_are_named_by_line_and_field, forget),
		cmocka_unit_test_teardown(
			mistakes_are_named_by_line_and_field, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
