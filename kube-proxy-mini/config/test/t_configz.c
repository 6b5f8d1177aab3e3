/* t_configz - the configuration as /configz and --write-config-to have it. */
#include "kube-proxy-mini/config/configfile.h"
#include "kube-proxy-mini/config/configz.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN "kube-proxy-mini/config/test/golden/"
#define HEAD                                                                   \
	"apiVersion: kubeproxy.config.k8s.io/v1alpha1\n"                       \
	"kind: KubeProxyConfiguration\nhostnameOverride: n1\n"

static struct arena memory;
static struct config_flags flags;
static struct config config;

static int set_up(void **state)
{
	(void)state;
	memory = arena_make(1u << 24);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&memory);
	return 0;
}

static void ignore(const char *field)
{
	(void)field;
}

static void read_text(struct str text)
{
	struct err e = {0};

	flags = config_defaults();
	if (configfile_parse(text, &memory, &flags, ignore, &e) < 0 ||
		config_make(&flags, &config, &e) < 0)
		fail_msg("%s", e.text);
}

static const char *written(bool is_yaml)
{
	static struct buf b;

	buf_free(&b);
	b = buf_growing(CONFIGZ_BYTES_MAX);
	(is_yaml ? configz_write_yaml : configz_write_json)(&config, &b);
	assert_false(b.full);
	return buf_cstr(&b);
}

static void expect(const char *part)
{
	if (strstr(written(false), part) == NULL)
		fail_msg("no %s in %s", part, written(false));
}

/*
 * golden/upstream-configz is what kube-proxy 1.37 answers with this file, but
 * for nftables.minSyncPeriod, whose default differs (docs/kube-proxy-mini.md).
 */
static void every_field_is_kube_proxys(void **state)
{
	AUTO_BUF struct buf wanted = buf_growing(CONFIGZ_BYTES_MAX);

	(void)state;
	assert_int_equal(
		file_read(GOLDEN "upstream-configz", &wanted, NULL), 0);
	read_text(STR(HEAD "mode: nftables\n"
			   "clientConnection: {kubeconfig: /etc/k}\n"));
	assert_string_equal(written(false), buf_cstr(&wanted));
}

static void what_has_an_effect_is_shown(void **state)
{
	(void)state;
	read_text(STR(HEAD
		"clusterCIDR: 10.0.0.0/8,fd00::/8\nbindAddress: '::'\n"
		"nodePortAddresses: [192.0.2.0/24, localhost]\n"
		"conntrack: {udpTimeout: 90s, maxPerCore: 0}\n"
		"nftables: {minSyncPeriod: 1500ms, masqueradeAll: true}\n"));
	expect("\"clusterCIDR\":\"10.0.0.0/8,fd00::/8\"");
	expect("\"nodePortAddresses\":[\"192.0.2.0/24\",\"localhost\"]");
	expect("\"udpTimeout\":\"1m30s\"");
	expect("\"maxPerCore\":0");
	expect("\"minSyncPeriod\":\"1.5s\"");
	expect("\"masqueradeAll\":true,\"syncPeriod\"");
	expect("\"bindAddress\":\"::\"");
	expect("\"healthzBindAddress\":\"[::]:10256\"");
	expect("\"metricsBindAddress\":\"[::1]:10249\"");
}

static void what_has_none_is_shown_as_the_file_says(void **state)
{
	(void)state;
	read_text(STR(HEAD "oomScoreAdj: -998\nconfigSyncPeriod: 900s\n"
			   "featureGates: {AllAlpha: true}\n"
			   "clientConnection: {qps: 50}\n"
			   "ipvs: {excludeCIDRs: [10.0.0.0/8]}\n"));
	expect("\"oomScoreAdj\":-998");
	expect("\"configSyncPeriod\":\"15m0s\"");
	expect("\"featureGates\":{\"AllAlpha\":true}");
	expect("\"qps\":50");
	expect("\"excludeCIDRs\":[\"10.0.0.0/8\"]");
}

/* What --write-config-to writes says the same when it is read. */
static void a_written_file_reads_back(void **state)
{
	AUTO_BUF struct buf once = buf_growing(CONFIGZ_BYTES_MAX);
	AUTO_BUF struct buf yaml = buf_growing(CONFIGZ_BYTES_MAX);

	(void)state;
	read_text(STR(HEAD "clusterCIDR: 10.0.0.0/8\noomScoreAdj: -998\n"
			   "detectLocalMode: BridgeInterface\n"
			   "detectLocal: {bridgeInterface: 'a\"b'}\n"));
	buf_text(&once, written(false));
	buf_text(&yaml, written(true));
	read_text(buf_view(&yaml));
	assert_string_equal(written(false), buf_cstr(&once));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_kube_proxys),
		cmocka_unit_test(what_has_an_effect_is_shown),
		cmocka_unit_test(what_has_none_is_shown_as_the_file_says),
		cmocka_unit_test(a_written_file_reads_back),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
