/*
 * What a configuration file may set, how its mistakes are reported, and that
 * options override it.
 */
#include "checkpoint-agent/config/config.h"

#include "checkpoint-agent/config/arguments.h"
#include "lib/base/args_words.h"
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
	static const char *list[8];
	struct args_operands operands = {.item = list};
	struct args_command c = {.name = "serve", .options = config_options};
	char whole[2048], file[] = "--config=" FILE_NAME;
	char *all[8] = {argv[0], file};
	int size = snprintf(
		whole, sizeof(whole), "kind: KubeletConfiguration\n%s", text);

	for (int i = 1; i < argc; i++)
		all[i + 1] = argv[i];
	if (file_write(FILE_NAME, (struct str){whole, (size_t)size}, 0600, e) <
			0 ||
		args_parse(&c, argc + 1, all, &operands, e) < 0)
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
		{"port: x\n", "line 2: port: expected a number in range"},
		{"port: 70000\n", "line 2: port: expected a number"},
		{"tlsCertFile: 1\n", "line 2: tlsCertFile: expected a text"},
		{"runtimeRequestTimeout: 2x\n",
			"line 2: runtimeRequestTimeout: expected a time"},
		{"authentication:\n  anonymous:\n    enabled: maybe\n",
			"line 4: authentication.anonymous.enabled: expected "
			"true or false"},
		{"featureGates:\n  ContainerCheckpoint: 1\n",
			"line 3: ContainerCheckpoint: expected true or false"},
		{"checkpointAgent:\n  runtimeRoots: /run\n",
			"line 3: checkpointAgent.runtimeRoots: expected a "
			"list"},
		{"checkpointAgent:\n  maxBytes: lots\n",
			"line 3: checkpointAgent.maxBytes: expected a size"},
		{"checkpointAgent:\n  kep: 1\n",
			"line 3: checkpointAgent.kep: unknown"},
		{"authentication: yes\n",
			"line 2: authentication: expected a map"},
		{"apiVersion: kubelet.config.k8s.io/v2\n",
			"line 2: apiVersion: expected "
			"kubelet.config.k8s.io/v1beta1"},
		{"authorization:\n  mode: Maybe\n",
			"--authorization-mode Maybe"},
		{"tlsMinVersion: VersionTLS11\n",
			"--tls-min-version VersionTLS11: expected "
			"VersionTLS12"},
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
	assert_int_equal(c->jobs.default_timeout_ms, 90000);
	assert_true(c->takes_tokens);
	assert_int_equal(c->token_ttl_ms, 5000);
	assert_int_equal(c->mode, CONFIG_WEBHOOK);
	assert_true(config_needs_api(c));
	assert_true(c->features.has_checkpoint && c->features.has_pods);
	assert_int_equal(c->jobs.max_bytes, 10ull << 30);
	assert_int_equal(c->groups.n, 2);
	assert_string_equal(c->groups.item[1], "dev");
	assert_string_equal(c->jobs.dir, "/x/checkpoints");
}

static void forget_all_settings(void)
{
	for (const struct args_option *o = config_options; o->name; o++) {
		if (o->type == ARGS_SWITCH)
			*(bool *)o->value = false;
		else if (o->type == ARGS_TEXT)
			*(const char **)o->value = "";
		else if (o->type == ARGS_LIST)
			((struct args_list *)o->value)->n = 0;
		else
			*(uint64_t *)o->value = 0;
	}
}

/* The front gets them so: they must mean the same there. */
static void settings_survive_as_arguments(void **state)
{
	AUTO_ARENA struct arena memory = arena_make(1u << 20);
	static const char *list[8];
	struct args_operands operands = {.item = list};
	struct args_command command = {
		.name = "front", .options = config_options};
	struct arguments first = {.n = 0}, second = {.n = 0};
	char name[] = "front";
	struct err e;

	(void)state;
	assert_int_equal(arguments_add(&first, name, &e), 0);
	assert_int_equal(
		arguments_add_config(&first, config_get(), &memory, &e), 0);
	forget_all_settings();
	assert_int_equal(
		args_parse(&command, (int)first.n, first.item, &operands, &e),
		0);
	assert_int_equal(operands.n, 0);
	assert_int_equal(config_finish(&e), 0);
	assert_int_equal(arguments_add(&second, name, &e), 0);
	assert_int_equal(
		arguments_add_config(&second, config_get(), &memory, &e), 0);
	assert_int_equal(first.n, second.n);
	for (size_t i = 0; i < first.n; i++)
		assert_string_equal(first.item[i], second.item[i]);
	assert_string_equal(config_get()->jobs.dir, "/x/checkpoints");
	assert_int_equal(config_get()->mode, CONFIG_WEBHOOK);
	assert_true(config_get()->features.has_pods);
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
		cmocka_unit_test(settings_survive_as_arguments),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, remove_file);
}
