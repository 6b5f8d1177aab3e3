/* t_metrics - counters and their text; no metric of upstream is forgotten. */
#include "kube-proxy-mini/status/metrics_text.h"
#include "lib/base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct metrics m;
static struct buf out;

static void write_all(void)
{
	struct metrics_now now = {.version = "1", .host = "10.0.0.1:443"};

	buf_free(&out);
	out = buf_growing(1u << 20);
	metrics_write(&m, &now, &out);
	assert_false(out.full);
}

static int forget(void **state)
{
	(void)state;
	buf_free(&out);
	m = (struct metrics){0};
	return 0;
}

static void expect_line(const char *line)
{
	if (strstr(buf_cstr(&out), line) == NULL)
		fail_msg("no line %s", line);
}

static void observations_fall_into_their_buckets(void **state)
{
	(void)state;
	metrics_note_sync(&m, 0.001, true, 1); /* on the bound: within */
	metrics_note_sync(&m, 0.0011, true, 1);
	metrics_note_sync(&m, 100, true, 1);
	write_all();
	expect_line("kubeproxy_sync_proxy_rules_duration_seconds_bucket{"
		    "ip_family=\"IPv4\",le=\"0.001\"} 1\n");
	expect_line("kubeproxy_sync_proxy_rules_duration_seconds_bucket{"
		    "ip_family=\"IPv6\",le=\"0.002\"} 2\n");
	expect_line("le=\"16.384\"} 2\n");
	expect_line("le=\"+Inf\"} 3\n");
}

static void changes_wait_until_a_sync(void **state)
{
	(void)state;
	metrics_note_change(&m, MODEL_SERVICES, 5000000000);
	write_all();
	expect_line("service_changes_pending 1\n");
	metrics_note_sync(&m, 0.5, true, 6500000000);
	write_all();
	expect_line("service_changes_pending 0\n");
	expect_line("service_changes_total 1\n");
	expect_line("last_queued_timestamp_seconds{ip_family=\"IPv4\"} 5\n");
	expect_line("last_timestamp_seconds{ip_family=\"IPv4\"} 6.5\n");
	expect_line("kubeproxy_sync_full_proxy_rules_duration_seconds_count{"
		    "ip_family=\"IPv4\"} 1\n");
}

static void answers_are_counted_by_code(void **state)
{
	(void)state;
	metrics_count_request(&m, 200, 0.02);
	metrics_count_request(&m, 0, 9);
	metrics_count_request(&m, 200, 0.3);
	for (unsigned int i = 0; i < 100; i++) /* more than there is room for */
		metrics_count_request(&m, 300 + i, 0);
	write_all();
	expect_line("rest_client_requests_total{code=\"200\","
		    "host=\"10.0.0.1:443\",method=\"GET\"} 2\n");
	expect_line("code=\"<error>\",");
	expect_line("rest_client_request_duration_seconds_bucket{"
		    "host=\"10.0.0.1:443\",verb=\"GET\",le=\"0.25\"} 101\n");
	expect_line("verb=\"GET\",le=\"0.5\"} 102\n");
}

/* kube-proxy's labels; ours says which program it is. */
static void the_build_has_upstreams_labels(void **state)
{
	static const char *const labels[] = {"build_date", "compiler",
		"git_commit", "git_tree_state", "git_version", "go_version",
		"major", "minor", "platform", "program"};
	char wanted[64];

	(void)state;
	write_all();
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		snprintf(wanted, sizeof(wanted), "%s%s=\"",
			i == 0 ? "kubernetes_build_info{" : ",", labels[i]);
		expect_line(wanted);
	}
	expect_line("platform=\"linux/");
	expect_line("git_version=\"1\"");
	expect_line("\nkubeproxy_sync_proxy_rules_endpoint_changes_total 0\n");
	expect_line(
		"\nkubeproxy_sync_proxy_rules_endpoint_changes_pending 0\n");
}

/* Each family of lines has one TYPE, before them. */
static void every_name_has_one_type(void **state)
{
	struct str text, line, last = {NULL, 0};

	(void)state;
	write_all();
	text = buf_view(&out);
	while (str_cut(&text, '\n', &line)) {
		if (str_has_prefix(line, STR("# TYPE ")))
			last = str_sub(line, 7,
				str_find(str_sub(line, 7, line.n), ' '));
		else if (line.n > 0 && line.p[0] != '#')
			assert_true(str_has_prefix(line, last));
	}
}

/* A metric of golden/upstream-metrics is written, or documented as left out. */
static void expect_upstream(struct str line, struct str text)
{
	char wanted[256];
	struct buf b = buf_fixed(wanted, sizeof(wanted));
	struct str name, type;

	str_cut(&line, ' ', &name);
	str_cut(&line, ' ', &type);
	buf_fmt(&b, "# TYPE %.*s %.*s\n", STR_ARG(name), STR_ARG(type));
	if (str_is(line, "given")) {
		expect_line(buf_cstr(&b));
		return;
	}
	assert_null(strstr(buf_cstr(&out), buf_cstr(&b)));
	buf_reset(&b);
	buf_fmt(&b, "`%.*s`", STR_ARG(name));
	if (memmem(text.p, text.n, wanted, b.n) == NULL)
		fail_msg(
			"%.*s is neither written nor explained", STR_ARG(name));
}

static void upstream_names_are_given_or_explained(void **state)
{
	struct buf list = buf_growing(1u << 20), text = buf_growing(1u << 20);
	struct str rest, line;
	size_t n = 0;

	(void)state;
	assert_int_equal(file_read("kube-proxy-mini/status/test/golden/"
				   "upstream-metrics",
				 &list, NULL),
		0);
	assert_int_equal(file_read("docs/kube-proxy-mini.md", &text, NULL), 0);
	write_all();
	rest = buf_view(&list);
	while (str_cut(&rest, '\n', &line))
		if (line.n > 0 && line.p[0] != '#') {
			expect_upstream(line, buf_view(&text));
			n++;
		}
	assert_true(n > 30);
	buf_free(&list);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			observations_fall_into_their_buckets, forget),
		cmocka_unit_test_teardown(changes_wait_until_a_sync, forget),
		cmocka_unit_test_teardown(answers_are_counted_by_code, forget),
		cmocka_unit_test_teardown(
			the_build_has_upstreams_labels, forget),
		cmocka_unit_test_teardown(every_name_has_one_type, forget),
		cmocka_unit_test_teardown(
			upstream_names_are_given_or_explained, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
