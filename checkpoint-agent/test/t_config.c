/* Files, gates and their mistakes; the command line wins. */
#include "checkpoint-agent/config.h"

#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_NAME "/tmp/t_config.yaml"

/* Parse a file with this text below `kind`, and these options. */
static int read_text(const char *text, int argc, char **argv, struct err *e)
{
	static const char *operands[8];
	struct args_command c = {.name = "serve", .options = config_options};
	char whole[2048], file[] = "--config=" FILE_NAME;
	char *all[8] = {argv[0], file};
	size_t n;
	int size = snprintf(
		whole, sizeof(whole), "kind: KubeletConfiguration\n%s", text);

	for (int i = 1; i < argc; i++)
		all[i + 1] = argv[i];
	if (file_write(FILE_NAME, (struct str){whole, (size_t)size}, 0600, e) <
			0 ||
		args_parse(&c, argc + 1, all, operands, &n, e) < 0)
		return -1;
	return config_finish(e);
}

static int read_alone(const char *text, struct err *e)
{
	char name[] = "serve";
	char *argv[] = {name};

	return read_text(text, 1, argv, e);
}

static void mistakes_are_named_by_line_and_field(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{"port: x\n", "line 2: port: a number in range expected"},
		{"port: 70000\n", "line 2: port: a number"},
		{"tlsCertFile: 1\n", "line 2: tlsCertFile: a text"},
		{"runtimeRequestTimeout: 2x\n",
			"line 2: runtimeRequestTimeout: a time"},
		{"authentication:\n  anonymous:\n    enabled: maybe\n",
			"line 4: authentication.anonymous.enabled: true or "
			"false"},
		{"featureGates:\n  ContainerCheckpoint: 1\n",
			"line 3: ContainerCheckpoint: true or false"},
		{"checkpointAgent:\n  runtimeRoots: /run\n",
			"line 3: checkpointAgent.runtimeRoots: a list"},
		{"checkpointAgent:\n  maxBytes: lots\n",
			"line 3: checkpointAgent.maxBytes: a size"},
		{"checkpointAgent:\n  kep: 1\n",
			"line 3: checkpointAgent.kep: unknown"},
		{"authentication: yes\n",
			"line 2: authentication: a map expected"},
		{"apiVersion: kubelet.config.k8s.io/v2\n",
			"line 2: apiVersion: kubelet.config.k8s.io/v1beta1"},
		{"authorization:\n  mode: Maybe\n",
			"--authorization-mode Maybe"},
		{"tlsMinVersion: VersionTLS11\n",
			"--tls-min-version VersionTLS11: VersionTLS12 or"},
		{"tlsMinVersion: VersionTLS13\n"
		 "tlsCipherSuites: [TLS_RSA_WITH_RC4_128_SHA]\n",
			"cipher suite TLS_RSA_WITH_RC4_128_SHA: not one"},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err_clear(&e);
		assert_int_equal(read_alone(cases[i].text, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (strstr(e.text, cases[i].wanted) == NULL)
			fail_msg("said: %s", e.text);
		read_alone("authorization:\n  mode: Groups\n"
			   "tlsMinVersion: VersionTLS12\n"
			   "tlsCipherSuites: []\n",
			&e);
	}
}

static void fields_set_options_unless_given(void **state)
{
	char name[] = "serve", port[] = "--port=1234",
	     gates[] = "--feature-gates=PodCheckpoint=true";
	char *argv[] = {name, port, gates};
	const struct config *c = config_get();
	struct err e;

	(void)state;
	assert_int_equal(
		read_text(
			"port: 99\n"
			"address: \"::\"\n"
			"runtimeRequestTimeout: 1m30s\n"
			"authentication:\n"
			"  webhook: {enabled: true, cacheTTL: 5s}\n"
			"authorization: {mode: Webhook}\n"
			"featureGates: {ContainerCheckpoint: true, Other: 1}\n"
			"checkpointAgent:\n"
			"  maxBytes: 10Gi\n"
			"  authorizationGroups: [ops, dev]\n"
			"  rootDir: /x\n",
			3, argv, &e),
		0);
	assert_int_equal(c->port, 1234);
	assert_string_equal(c->address, "::");
	assert_int_equal(c->job.default_timeout_ms, 90000);
	assert_true(c->takes_tokens);
	assert_int_equal(c->token_ttl_ms, 5000);
	assert_int_equal(c->mode, AUTHZ_WEBHOOK);
	assert_true(config_needs_api(c));
	assert_true(c->features.has_checkpoint && c->features.has_pods);
	assert_int_equal(c->job.max_bytes, 10ull << 30);
	assert_int_equal(c->groups.n, 2);
	assert_string_equal(c->groups.item[1], "dev");
	assert_string_equal(c->job.dir, "/x/checkpoints");
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(FILE_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_named_by_line_and_field),
		cmocka_unit_test(fields_set_options_unless_given),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, remove_file);
}
