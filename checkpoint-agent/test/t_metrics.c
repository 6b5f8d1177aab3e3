/* What is counted is written as Prometheus reads it; tables have an end. */
#include "checkpoint-agent/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct metrics m;
static char memory[65536];

static void has_line(const char *line)
{
	struct buf b = buf_fixed(memory, sizeof(memory));

	metrics_write(&m, &b);
	if (strstr(buf_cstr(&b), line) == NULL)
		fail_msg("no %s in\n%s", line, memory);
}

static void requests_and_jobs_are_counted(void **state)
{
	struct job_answer a = {
		.status = JOB_DONE, .bytes = 1000, .frozen_us = 70000};

	(void)state;
	memset(&m, 0, sizeof(m));
	metrics_note_request(&m, "POST", "checkpoint", 200, 30);
	metrics_note_request(&m, "POST", "checkpoint", 200, 700);
	metrics_note_request(&m, "GET", NULL, 404, 1);
	metrics_note_job(&m, &a);
	a.status = JOB_BUSY;
	a.has_census = 1;
	a.archives = 3;
	a.archive_bytes = 4096;
	metrics_note_job(&m, &a);
	a.status = 99;
	metrics_note_job(&m, &a);
	has_line("kubelet_http_requests_total{code=\"200\","
		 "long_running=\"false\",method=\"POST\","
		 "path=\"checkpoint\",server_type=\"readwrite\"} 2\n");
	has_line("method=\"GET\",path=\"other\",server_type=\"readwrite\"} 1");
	has_line(
		"kubelet_http_requests_duration_seconds_bucket{le=\"0.05\"} 2");
	has_line("kubelet_http_requests_duration_seconds_bucket{le=\"1\"} 3");
	has_line("kubelet_http_requests_duration_seconds_bucket{le=\"+Inf\"} "
		 "3\n");
	has_line("kubelet_http_requests_duration_seconds_sum 0.731\n");
	has_line("checkpoint_agent_jobs_total{result=\"done\"} 1\n");
	has_line("checkpoint_agent_jobs_total{result=\"busy\"} 1\n");
	has_line("checkpoint_agent_archive_bytes_total 1000\n");
	has_line("checkpoint_agent_archives 3\n");
	has_line("checkpoint_agent_archives_bytes 4096\n");
	has_line("checkpoint_agent_frozen_seconds_bucket{le=\"0.1\"} 1\n");
}

static void invented_methods_do_not_make_it_grow(void **state)
{
	char method[16];

	(void)state;
	memset(&m, 0, sizeof(m));
	for (int i = 0; i < 1000; i++) {
		snprintf(method, sizeof(method), "M%d", i);
		metrics_note_request(&m, method, "checkpoint", 405, 1);
	}
	assert_int_equal(m.series_count, METRICS_SERIES_MAX);
	has_line("method=\"other\",path=\"other\",server_type=\"readwrite\"} "
		 "873\n");
	metrics_note_request(&m, "AVERYLONGMETHODNAME", "x", 405, 1);
	has_line("method=\"other\",path=\"other\",server_type=\"readwrite\"} "
		 "874\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_and_jobs_are_counted),
		cmocka_unit_test(invented_methods_do_not_make_it_grow),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
