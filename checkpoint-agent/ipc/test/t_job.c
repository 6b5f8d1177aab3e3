/* Which packets the back accepts and which it refuses. */
#include "checkpoint-agent/ipc/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct job good_job(void)
{
	struct job j = {.verb = JOB_CHECKPOINT};

	memcpy(j.namespace, "default", 8);
	memcpy(j.pod, "web-0.x", 8);
	memcpy(j.container, "main", 5);
	return j;
}

static void names_are_kubernetes_names(void **state)
{
	char long_label[65];

	(void)state;
	memset(long_label, 'a', sizeof(long_label));
	assert_true(job_is_label((struct str){long_label, 63}));
	assert_false(job_is_label((struct str){long_label, 64}));
	assert_true(job_is_label(STR("a-0")));
	assert_false(job_is_label(STR("")));
	assert_false(job_is_label(STR("-a")));
	assert_false(job_is_label(STR("a-")));
	assert_false(job_is_label(STR("a.b")));
	assert_false(job_is_label(STR("A")));
	assert_false(job_is_label(STR("a\0b")));
	assert_true(job_is_subdomain(STR("a.b-c.0")));
	assert_true(job_is_subdomain((struct str){long_label, 65}));
	assert_false(job_is_subdomain(STR("")));
	assert_false(job_is_subdomain(STR(".")));
	assert_false(job_is_subdomain(STR("..")));
	assert_false(job_is_subdomain(STR("a..b")));
	assert_false(job_is_subdomain(STR("a-.b")));
	assert_false(job_is_subdomain(STR("a.-b")));
	assert_false(job_is_subdomain(STR("a/b")));
}

static void only_whole_packets_pass(void **state)
{
	struct job j = good_job();

	(void)state;
	assert_int_equal(job_check(&j, NULL), 0);
	j.container[0] = '\0';
	j.is_pod = 1;
	assert_int_equal(job_check(&j, NULL), 0);
	j = good_job();
	j.verb = JOB_VERBS;
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	j.timeout = JOB_TIMEOUTS;
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	j.is_pod = 1;
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	j.predump = JOB_PREDUMPS;
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	memset(j.pod, 'a', sizeof(j.pod));
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	memcpy(j.namespace, "../etc", 7);
	assert_int_equal(job_check(&j, NULL), -1);
	j = good_job();
	memcpy(j.name, "a/b.tar", 8);
	assert_int_equal(job_check(&j, NULL), -1);
	memcpy(j.name, ".hidden", 8);
	assert_int_equal(job_check(&j, NULL), -1);
	memcpy(j.name, "a.tar", 6);
	assert_int_equal(job_check(&j, NULL), 0);
}

static void a_predump_is_made_as_requested_or_configured(void **state)
{
	struct job j = good_job();

	(void)state;
	assert_false(job_has_predump(&j, false));
	assert_true(job_has_predump(&j, true));
	j.is_pod = 1; /* never by default, only when this request asks for it */
	assert_false(job_has_predump(&j, true));
	j.predump = JOB_PREDUMP_YES;
	assert_true(job_has_predump(&j, false));
	j.predump = JOB_PREDUMP_NO;
	assert_false(job_has_predump(&j, true));
}

static void timeouts_have_a_default_and_a_limit(void **state)
{
	struct job j = good_job();

	(void)state;
	assert_int_equal(job_timeout_ms(&j, 120000), 120000);
	j.timeout = JOB_TIMEOUT_GIVEN;
	j.timeout_s = 2;
	assert_int_equal(job_timeout_ms(&j, 120000), 2000);
	j.timeout_s = UINT64_MAX;
	assert_int_equal(job_timeout_ms(&j, 120000), 86400000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_kubernetes_names),
		cmocka_unit_test(only_whole_packets_pass),
		cmocka_unit_test(a_predump_is_made_as_requested_or_configured),
		cmocka_unit_test(timeouts_have_a_default_and_a_limit),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
