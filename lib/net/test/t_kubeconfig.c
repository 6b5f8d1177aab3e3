/* Unit tests of lib/net/kubeconfig. */
#include "lib/base/buf.h"
#include "lib/net/kubeconfig_pod.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"apiVersion: v1\nkind: Config\ncurrent-context: c\n"                   \
	"contexts:\n- {name: other, context: {cluster: no, user: no}}\n"       \
	"- name: c\n  context: {cluster: k, user: u}\n"

static struct arena memory;

static int parse(const char *text, struct kubeconfig *k, struct err *e)
{
	arena_free(&memory);
	memory = arena_make(1u << 20);
	return kubeconfig_parse(str_of(text), "/etc/kube", &memory, k, e);
}

static int forget(void **state)
{
	(void)state;
	arena_free(&memory);
	return 0;
}

static void data_and_token_are_read(void **state)
{
	struct kubeconfig k;

	(void)state;
	assert_int_equal(parse(HEAD "clusters:\n- name: k\n  cluster:\n"
				    "    server: https://10.96.0.1:6443\n"
				    "    certificate-authority-data: Zm9v\n"
				    "    tls-server-name: api.example\n"
				    "users:\n- name: u\n  user:\n"
				    "    client-certificate-data: YmFy\n"
				    "    client-key-data: Zm9vYmFy\n"
				    "    token: secret\n",
				 &k, NULL),
		0);
	assert_int_equal(k.server.port, 6443);
	assert_int_equal(k.server.address_bytes, 4);
	assert_string_equal(k.tls_server_name, "api.example");
	assert_true(str_is(k.ca.bytes, "foo"));
	assert_true(str_is(k.certificate.bytes, "bar"));
	assert_true(str_is(k.key.bytes, "foobar"));
	assert_true(str_is(k.token.bytes, "secret"));
	assert_null(k.ca.path);
}

/* sigs.k8s.io/yaml reads the first document and knows anchors. */
static void yaml_is_taken_as_kubectl_takes_it(void **state)
{
	struct kubeconfig k;

	(void)state;
	assert_int_equal(
		parse("---\n"
		      "contexts:\n- name: c\n  context: {cluster: k, user: u}\n"
		      "current-context: c\n"
		      "common: &common\n"
		      "  certificate-authority-data: &data Zm9v\n"
		      "clusters:\n- name: k\n  cluster:\n    <<: *common\n"
		      "    server: https://10.96.0.1:6443\n"
		      "users:\n- name: u\n  user:\n"
		      "    client-certificate-data: *data\n"
		      "    client-key-data: *data\n"
		      "---\ncurrent-context: [another",
			&k, NULL),
		0);
	assert_int_equal(k.server.port, 6443);
	assert_true(str_is(k.ca.bytes, "foo"));
	assert_true(str_is(k.certificate.bytes, "foo"));
	assert_true(str_is(k.key.bytes, "foo"));
}

static void empty_values_are_no_values(void **state)
{
	struct kubeconfig k;

	(void)state;
	assert_int_equal(
		parse("contexts:\n- context: {cluster: k, user: u}\n"
		      "current-context: ''\n"
		      "clusters:\n- name: k\n  cluster:\n"
		      "    server: https://10.96.0.1:6443\n"
		      "    certificate-authority-data: Zm9v\n"
		      "    certificate-authority: ''\n"
		      "    proxy-url: ''\n    tls-server-name: ''\n"
		      "users:\n- name: u\n  user:\n"
		      "    as: ''\n    as-groups: []\n    as-user-extra: {}\n"
		      "    exec: null\n    username: ''\n    password: ''\n"
		      "    token: secret\n",
			&k, NULL),
		0);
	assert_true(str_is(k.token.bytes, "secret"));
	assert_null(k.tls_server_name);
}

static void paths_start_at_the_file(void **state)
{
	struct kubeconfig k;

	(void)state;
	assert_int_equal(parse(HEAD "clusters:\n- name: k\n  cluster:\n"
				    "    server: https://api\n"
				    "    certificate-authority: pki/ca.crt\n"
				    "users:\n- name: u\n  user:\n"
				    "    client-certificate: /abs/c.pem\n"
				    "    client-key: c.key\n"
				    "    tokenFile: ../token\n",
				 &k, NULL),
		0);
	assert_string_equal(k.ca.path, "/etc/kube/pki/ca.crt");
	assert_string_equal(k.certificate.path, "/abs/c.pem");
	assert_string_equal(k.key.path, "/etc/kube/c.key");
	assert_string_equal(k.token.path, "/etc/kube/../token");
}

static const struct {
	const char *cluster, *user, *said;
} refused[] = {
	{"server: http://a", "token: t", "line 11: server: "},
	{"server: https://a\n    insecure-skip-tls-verify: true", "token: t",
		"line 12: insecure-skip-tls-verify: not supported"},
	{"server: https://a\n    proxy-url: http://p", "token: t",
		"line 12: proxy-url: not supported"},
	{"server: https://a\n    sever: b", "token: t",
		"line 12: sever: unknown field"},
	{"server: https://a\n    certificate-authority-data: '!'", "token: t",
		"line 12: certificate-authority-data: byte 0 is not base64"},
	{"server: https://a", "exec: {command: aws}", "exec: not supported"},
	{"server: https://a", "auth-provider: {name: gcp}",
		"auth-provider: not supported"},
	{"server: https://a", "username: root", "username: not supported"},
	{"server: https://a", "as: root", "as: not supported"},
	{"server: https://a", "token: 17", "token: expected a text"},
	{"server: https://a", "client-key: k",
		"has a client-key without a client-certificate"},
};

static void what_cannot_be_obeyed_is_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		char text[2048];
		struct buf b = buf_fixed(text, sizeof(text));
		struct kubeconfig k;
		struct err e = {0};

		buf_fmt(&b,
			HEAD "clusters:\n- name: k\n  cluster:\n    %s\n"
			     "    certificate-authority: ca\n"
			     "users:\n- name: u\n  user:\n    %s\n",
			refused[i].cluster, refused[i].user);
		assert_int_equal(parse(buf_cstr(&b), &k, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (strstr(e.text, refused[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", refused[i].said,
				e.text);
	}
}

static void missing_parts_are_named(void **state)
{
	static const struct {
		const char *text, *said;
	} bad[] = {
		{"", "no current-context"},
		{"[1]", "no current-context"},
		{"current-context: x", "contexts: there is no \"x\""},
		{HEAD, "clusters: there is no \"k\""},
		{HEAD "clusters: [{name: k}]", "users: there is no \"u\""},
		{HEAD "clusters: [{name: k, cluster: {}}]\n"
		      "users: [{name: u, user: {}}]",
			"has no server"},
		{HEAD "clusters: [{name: k, cluster: "
		      "{server: 'https://a'}}]\nusers: [{name: u}]",
			"has no certificate-authority"},
		{"a: [", "line "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct kubeconfig k;
		struct err e = {0};

		assert_int_equal(parse(bad[i].text, &k, &e), -1);
		assert_int_equal(e.kind, ERR_USAGE);
		if (strstr(e.text, bad[i].said) == NULL)
			fail_msg("expected \"%s\" in \"%s\"", bad[i].said,
				e.text);
	}
}

static void a_pod_knows_its_server(void **state)
{
	const struct kubeconfig_pod pod = {"fd00::1", "443", "/sa"};
	const struct kubeconfig_pod none = {NULL, NULL, "/sa"};
	const struct kubeconfig_pod bad = {"10.0.0.1", "x", "/sa"};
	struct kubeconfig k;

	(void)state;
	memory = arena_make(1u << 20);
	assert_int_equal(kubeconfig_in_cluster(&pod, &memory, &k, NULL), 0);
	assert_int_equal(k.server.address_bytes, 16);
	assert_string_equal(k.ca.path, "/sa/ca.crt");
	assert_string_equal(k.token.path, "/sa/token");
	assert_int_equal(kubeconfig_in_cluster(&none, &memory, &k, NULL), -1);
	assert_int_equal(kubeconfig_in_cluster(&bad, &memory, &k, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(empty_values_are_no_values, forget),
		cmocka_unit_test_teardown(
			yaml_is_taken_as_kubectl_takes_it, forget),
		cmocka_unit_test_teardown(data_and_token_are_read, forget),
		cmocka_unit_test_teardown(paths_start_at_the_file, forget),
		cmocka_unit_test_teardown(
			what_cannot_be_obeyed_is_refused_by_name, forget),
		cmocka_unit_test_teardown(missing_parts_are_named, forget),
		cmocka_unit_test_teardown(a_pod_knows_its_server, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
