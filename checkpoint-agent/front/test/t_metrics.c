/* Metrics are written in the format of Prometheus; their tables are bounded. */
#include "checkpoint-agent/front/metrics.h"
#include "checkpoint-agent/ipc/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define POSTED                                                                 \
	"long_running=\"false\",method=\"POST\",path=\"checkpoint\","          \
	"server_type=\"readwrite\""
#define OTHERS "method=\"other\",path=\"checkpoint\",server_type=\"readwrite\","
#define TIMES  "kubelet_http_requests_duration_seconds"

static struct metrics m;
static char memory[LIMITS_ANSWER_BYTES_MAX / 2]; /* as large as the server's */

static void has_line(const char *line)
{
	struct buf b = buf_fixed(memory, sizeof(memory));

	metrics_write(&m, &b);
	if (strstr(buf_cstr(&b), line) == NULL)
		fail_msg("no %s in\n%s", line, memory);
}

static void requests_and_jobs_are_counted(void **state)
{
	static const struct job_answer jobs[] = {
		{.status = JOB_DONE,
			.made = {.bytes = 1000, .frozen_us = 70000}},
		{.status = JOB_DONE,
			.made = {.bytes = 4999000, .predump_frozen_us = 40000}},
		{.status = JOB_BUSY,
			.has_census = 1,
			.archives = 3,
			.archive_bytes = 4096,
			.removed = 2,
			.removed_bytes = 2000},
		{.status = 99},
		{.verb = 99},
	};

	(void)state;
	memset(&m, 0, sizeof(m));
	metrics_note_request(&m, "POST", "checkpoint", 200, 30);
	metrics_note_request(&m, "POST", "checkpoint", 200, 700);
	metrics_note_request(&m, "GET", NULL, 404, 1);
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		metrics_note_job(&m, &jobs[i]);
	has_line("kubelet_http_requests_total{" POSTED ",code=\"200\"} 2\n");
	has_line("method=\"GET\",path=\"other\",server_type=\"readwrite\","
		 "code=\"404\"} 1\n");
	has_line(TIMES "_bucket{" POSTED ",le=\"0.05\"} 1\n");
	has_line(TIMES "_bucket{" POSTED ",le=\"1\"} 2\n");
	has_line(TIMES "_bucket{" POSTED ",le=\"+Inf\"} 2\n");
	has_line(TIMES "_sum{" POSTED "} 0.73\n");
	has_line(TIMES "_count{" POSTED "} 2\n");
	has_line("jobs_total{job=\"checkpoint\",result=\"done\"} 2\n");
	has_line("jobs_total{job=\"checkpoint\",result=\"busy\"} 1\n");
	has_line("jobs_total{job=\"checkpoint\",result=\"no_room\"} 0\n");
	has_line("checkpoint_agent_archive_bytes_bucket{le=\"1.04858e+06\"} "
		 "1\n");
	has_line("checkpoint_agent_archive_bytes_sum 5000000\n");
	has_line("checkpoint_agent_retention_removed_total 2\n");
	has_line("checkpoint_agent_retention_removed_bytes_total 2000\n");
	has_line("checkpoint_agent_archives 3\n");
	has_line("checkpoint_agent_archives_bytes 4096\n");
	has_line("checkpoint_agent_frozen_seconds_bucket{le=\"0.1\"} 2\n");
	has_line("checkpoint_agent_predump_frozen_seconds_count 1\n");
}

static void invented_methods_do_not_add_rows(void **state)
{
	char method[16];

	(void)state;
	memset(&m, 0, sizeof(m));
	for (int i = 0; i < 1000; i++) {
		snprintf(method, sizeof(method), "M%d", i);
		metrics_note_request(&m, method, "checkpoint", 405, 1);
	}
	metrics_note_request(&m, "get", "checkpoint", 405, 1);
	metrics_note_request(&m, "GET", "checkpoint", 405, 1);
	assert_int_equal(m.request_count, 2);
	assert_int_equal(m.time_count, 2);
	has_line(OTHERS "code=\"405\"} 1001\n");
	has_line(OTHERS "le=\"+Inf\"} 1001\n");
}

static void what_finds_no_row_is_counted_as_other(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	for (unsigned status = 0; status < 1000; status++)
		metrics_note_request(&m, "GET", "checkpoint", status, 1);
	assert_int_equal(m.request_count, METRICS_SERIES_MAX);
	has_line("method=\"other\",path=\"other\",server_type=\"readwrite\","
		 "code=\"0\"} 873\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_and_jobs_are_counted),
		cmocka_unit_test(invented_methods_do_not_add_rows),
		cmocka_unit_test(what_finds_no_row_is_counted_as_other),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
