/*
 * Answers are the kubelet's, case by case: to requests before any container is
 * looked up, and to results of jobs.
 */
#include "checkpoint-agent/front/route.h"

#include "checkpoint-agent/front/route_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct config_features kubelet = {.has_checkpoint = true};
static const struct config_features all = {true, true, true};
static const struct config_features none = {.has_checkpoint = false};

static struct route route;

/* Route "METHOD TARGET". */
static void find(const char *request, const struct config_features *f)
{
	static char memory[2 * HTTP_HEAD_BYTES_MAX];
	static struct http_request r;
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%s%s\r\nHost: node\r\n\r\n", request,
		strstr(request, "HTTP/1.1") == NULL ? " HTTP/1.1" : "");
	assert_int_equal(http_request_parse(buf_view(&b), &r, NULL), 0);
	route_find(&r, f, &route);
}

/* Requests that name a container, and the timeout that they request. */
static const struct {
	const char *request;
	enum job_timeout timeout;
	uint64_t timeout_s;
} good[] = {
	{"POST /checkpoint/default/busy/main", JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/busy/main/", JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/bus%79/main", JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/busy/main?foo=bar", JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/busy/main?timeout=10", JOB_TIMEOUT_GIVEN,
		10},
	{"POST /checkpoint/default/busy/main?timeout=%2B10", JOB_TIMEOUT_GIVEN,
		10},
	{"POST /checkpoint/default/busy/main?time%6fut=10", JOB_TIMEOUT_GIVEN,
		10},
	{"POST /checkpoint/default/busy/main?timeout=0", JOB_TIMEOUT_DEFAULT,
		0},
	{"POST /checkpoint/default/busy/main?timeout=-1", JOB_TIMEOUT_NEGATIVE,
		0},
	{"POST /checkpoint/default/busy/main?timeout=abc",
		JOB_TIMEOUT_UNREADABLE, 0},
	{"POST /checkpoint/default/busy/main?timeout=", JOB_TIMEOUT_UNREADABLE,
		0},
	{"POST /checkpoint/default/busy/main?timeout", JOB_TIMEOUT_UNREADABLE,
		0},
	{"POST /checkpoint/default/busy/main?timeout=1.5",
		JOB_TIMEOUT_UNREADABLE, 0},
	{"POST /checkpoint/default/busy/main?timeout=+5", /* a blank */
		JOB_TIMEOUT_UNREADABLE, 0},
	{"POST /checkpoint/default/busy/main"
	 "?timeout=99999999999999999999",
		JOB_TIMEOUT_UNREADABLE, 0},
	{"POST /checkpoint/default/busy/main?timeout=5&timeout=x",
		JOB_TIMEOUT_UNREADABLE, 0},
	{"POST /checkpoint/default/busy/main?timeout=x&timeout=5",
		JOB_TIMEOUT_GIVEN, 5},
	{"POST /checkpoint/default/busy/main?timeout=5&timeout=%zz",
		JOB_TIMEOUT_GIVEN, 5},
	{"POST /checkpoint/default/busy/main?timeout=5;x", JOB_TIMEOUT_DEFAULT,
		0},
	{"POST /checkpoint/default/busy/main?timeout=7&timeout=5;x",
		JOB_TIMEOUT_GIVEN, 7},
	{"POST http://node/checkpoint/default/busy/main", JOB_TIMEOUT_DEFAULT,
		0},
	{"POST /%63heckpoint/default/busy/main", JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/busy/main HTTP/1.1\r\nAccept: a/b, "
	 "application/json;q=0.5",
		JOB_TIMEOUT_DEFAULT, 0},
	{"POST /checkpoint/default/busy/main HTTP/1.1\r\nAccept: */*",
		JOB_TIMEOUT_DEFAULT, 0},
};

static void good_requests_become_jobs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		find(good[i].request, &kubelet);
		assert_int_equal(route.action, ROUTE_JOB);
		assert_true(route.needs_auth);
		assert_string_equal(route.verb, "create");
		assert_string_equal(route.subresource[0], "checkpoint");
		assert_int_equal(route.job.verb, JOB_CHECKPOINT);
		assert_string_equal(route.job.namespace, "default");
		assert_string_equal(route.job.pod, "busy");
		assert_string_equal(route.job.container, "main");
		if (route.job.timeout != good[i].timeout)
			fail_msg("timeout of %s", good[i].request);
		assert_int_equal(route.job.timeout_s, good[i].timeout_s);
	}
}

static void a_predump_can_be_requested(void **state)
{
	static const struct {
		const char *request;
		enum job_predump predump;
	} asked[] = {
		{"POST /checkpoint/default/busy/main?preDump=true",
			JOB_PREDUMP_YES},
		{"POST /checkpoint/default/busy/main?timeout=5&preDump=false",
			JOB_PREDUMP_NO},
		{"POST "
		 "/checkpoint/default/busy/main?preDump=false&preDump=true",
			JOB_PREDUMP_YES},
		{"POST /checkpoint/default/busy/main?preDump",
			JOB_PREDUMP_DEFAULT},
		{"POST /checkpoint/default/busy/main?preDump=1",
			JOB_PREDUMP_DEFAULT},
		{"POST /checkpoint/default/busy/main?predump=true",
			JOB_PREDUMP_DEFAULT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		find(asked[i].request, &kubelet);
		assert_int_equal(route.action, ROUTE_JOB);
		if (route.job.predump != asked[i].predump)
			fail_msg("pre-dump of %s", asked[i].request);
	}
}

/* Requests that are answered without a job. */
static const struct {
	const char *request;
	const struct config_features *features;
	bool needs_auth;
	unsigned status;
	enum answer_type type;
	const char *allow;
	const char *location;
	const char *body;
} fixed[] = {
#define NO_PAGE   true, 404, ANSWER_TEXT, NULL, "", "404: Page Not Found"
#define NOT_FOUND false, 404, ANSWER_NOSNIFF, NULL, "", "404 page not found\n"
#define NOT_SO(m) true, 405, ANSWER_TEXT, m, "", "405: Method Not Allowed"
#define NOT_DRY                                                                \
	true, 400, ANSWER_TEXT, NULL, "",                                      \
		"cannot parse value of dryRun parameter"
#define NOT_ACCEPTED                                                           \
	true, 406, ANSWER_TEXT, NULL, "",                                      \
		"406: Not Acceptable\n\n"                                      \
		"Available representations: application/json"
#define MOVED(to) false, 307, ANSWER_EMPTY, NULL, to, ""
	{"POST /checkpoint/default/busy", &kubelet, NO_PAGE},
	{"GET /checkpoint/default/busy", &kubelet, NO_PAGE},
	{"POST /checkpoint/default/busy/main/x", &kubelet, NO_PAGE},
	{"POST /checkpoint/a/b/c/d/e/f/g", &kubelet, NO_PAGE},
	{"POST /checkpoint/", &kubelet, NO_PAGE},
	{"POST /checkpoint/default%2fbusy/main/x", &kubelet, NO_PAGE},
	{"POST /checkpoint", &kubelet, MOVED("/checkpoint/")},
	{"POST /checkpoint?a=b", &kubelet, MOVED("/checkpoint/?a=b")},
	{"POST /checkpoint/default/../busy/main", &kubelet,
		MOVED("/checkpoint/busy/main")},
	{"POST /checkpoint//default/busy/main", &kubelet,
		MOVED("/checkpoint/default/busy/main")},
	{"POST /checkpoint/./default/busy/main/?timeout=1", &kubelet,
		MOVED("/checkpoint/default/busy/main/"
		      "?timeout=1")},
	{"POST /../../x", &kubelet, MOVED("/x")},
	{"GET /..", &kubelet, MOVED("/")},
	{"GET /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"HEAD /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"PUT /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"DELETE /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"PATCH /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"OPTIONS /checkpoint/default/busy/main", &kubelet, NOT_SO("POST")},
	{"GET /nosuch", &kubelet, NOT_FOUND},
	{"GET /", &kubelet, NOT_FOUND},
	{"POST /healthz/x", &kubelet, NOT_FOUND},
	{"POST /checkpointx/default/busy/main", &kubelet, NOT_FOUND},
	/* the gate is off; our own paths are off by default */
	{"POST /checkpoint/default/busy/main", &none, NOT_FOUND},
	{"POST /checkpoint", &none, NOT_FOUND},
	{"GET /checkpoints", &kubelet, NOT_FOUND},
	{"GET /checkpoints/default", &kubelet, NOT_FOUND},
	{"PUT /checkpoints/a/b/c/d.tar", &all, NOT_SO("GET, HEAD, DELETE")},
	{"PUT /checkpoint/a/b/c?dryRun=true", &kubelet, NOT_SO("GET, POST")},
	{"GET /checkpoint/a/b/c?dryRun=false", &kubelet, NOT_SO("POST")},
	/* no dump with dryRun */
	{"POST /checkpoint/a/b/c?dryRun", &kubelet, NOT_DRY},
	{"POST /checkpoint/a/b/c?dryRun=yes", &kubelet, NOT_DRY},
	{"POST /checkpoint/a/b/c?dryRun=false&dryRun=TRUEORNOTTRUEATALL",
		&kubelet, NOT_DRY},
	{"POST /checkpoint/a/b?dryRun=true", &all, true, 400, ANSWER_TEXT, NULL,
		"", "dryRun is for one container"},
	{"POST /checkpoint/a%zz/b/c", &kubelet, false, 400, ANSWER_TEXT, NULL,
		"", "400 Bad Request"},
	/* about the server itself, and absolute targets */
	{"OPTIONS *", &kubelet, false, 200, ANSWER_EMPTY, NULL, "", ""},
	{"GET *", &kubelet, false, 400, ANSWER_EMPTY, NULL, "", ""},
	{"GET http://node", &kubelet, MOVED("/")},
	{"GET https://node:10350/nosuch", &kubelet, NOT_FOUND},
	{"GET http://node/checkpoint/default/busy/main", &kubelet,
		NOT_SO("POST")},
	/* escapes in the names of places, and in a Location */
	{"PUT /%63heckpoint/a/b/c", &kubelet, NOT_SO("POST")},
	{"POST /%63heckpoint", &kubelet, MOVED("/checkpoint/")},
	{"POST /checkpoint?a=\xff", &kubelet, MOVED("/checkpoint/?a=%ff")},
	{"POST /checkpoint%2fa/b/c", &kubelet, NOT_FOUND},
	{"GET //a%20b/\xc3\xa4!", &kubelet, MOVED("/a%2520b/%C3%A4%21")},
	/* what the answer may be */
	{"POST /checkpoint/a/b/c HTTP/1.1\r\nAccept: "
	 "application/vnd.kubernetes.protobuf",
		&kubelet, NOT_ACCEPTED},
	{"POST /checkpoint/a/b/c HTTP/1.1\r\nAccept: text/*", &kubelet,
		NOT_ACCEPTED},
};

static void other_requests_are_answered_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		find(fixed[i].request, fixed[i].features);
		if (route.action != ROUTE_ANSWER ||
			route.answer.status != fixed[i].status)
			fail_msg("%s: %u", fixed[i].request,
				route.answer.status);
		assert_int_equal(route.needs_auth, fixed[i].needs_auth);
		assert_int_equal(route.answer.type, fixed[i].type);
		assert_true(str_is(route.answer.location, fixed[i].location));
		assert_true(str_is(route.answer.body, fixed[i].body));
		assert_string_equal(
			route.answer.allow ? route.answer.allow : "",
			fixed[i].allow ? fixed[i].allow : "");
	}
}

static void invalid_names_count_as_absent(void **state)
{
	(void)state;
	find("POST /checkpoint/default/BUSY/main", &kubelet);
	assert_int_equal(route.action, ROUTE_JOB);
	assert_string_equal(route.job.pod, "");
	assert_true(str_is(route.pod, "BUSY"));
	find("POST /checkpoint/default/busy/%2e%2e%5c", &kubelet);
	assert_string_equal(route.job.container, "");
	assert_true(str_is(route.container, "..\\"));
	assert_int_equal(job_check(&route.job, NULL), 0);
}

static void our_own_paths_have_their_verbs(void **state)
{
	(void)state;
	find("POST /checkpoint/default/busy", &all);
	assert_int_equal(route.action, ROUTE_JOB);
	assert_true(route.job.is_pod);
	find("GET /checkpoint/default/busy/main?dryRun=true", &all);
	assert_int_equal(route.job.verb, JOB_CHECK);
	assert_string_equal(route.verb, "get");
	find("POST /checkpoint/default/busy/main?dryRun=All", &kubelet);
	assert_int_equal(route.job.verb, JOB_CHECK);
	assert_string_equal(route.verb, "create");
	find("POST /checkpoint/default/busy/main?dryRun=false", &kubelet);
	assert_int_equal(route.job.verb, JOB_CHECKPOINT);
	find("GET /checkpoints", &all);
	assert_int_equal(route.job.verb, JOB_LIST);
	assert_string_equal(route.verb, "list");
	assert_string_equal(route.subresource[0], "checkpoints");
	find("GET /checkpoints/default/busy", &all);
	assert_string_equal(route.job.pod, "busy");
	find("DELETE /checkpoints/default/busy/main/a.tar", &all);
	assert_int_equal(route.job.verb, JOB_DELETE);
	assert_string_equal(route.job.name, "a.tar");
	find("GET /checkpoints/default/busy/main/%2e%2e%2f", &all);
	assert_int_equal(route.action, ROUTE_ANSWER);
	assert_int_equal(route.answer.status, 404);
	find("HEAD /checkpoints/default/busy/main/a.tar", &all);
	assert_int_equal(route.job.verb, JOB_OPEN);
	assert_string_equal(route.verb, "get");
	find("GET /checkpoints/default/busy/a.tar", &all);
	assert_int_equal(route.job.verb, JOB_OPEN);
	assert_string_equal(route.job.name, "a.tar");
	assert_string_equal(route.job.container, "");
	find("GET /checkpoints/Default", &all);
	assert_int_equal(route.answer.status, 404);
	find("GET /metrics", &all);
	assert_int_equal(route.action, ROUTE_METRICS);
	find("GET /livez", &all);
	assert_int_equal(route.action, ROUTE_HEALTH);
}

/* Go's plain handlers look at no method. */
static void health_answers_any_method(void **state)
{
	static const char *const asked[] = {"HEAD /healthz", "OPTIONS /livez",
		"POST /healthz", "BREW /readyz", "GET /health%7a"};

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		find(asked[i], &kubelet);
		if (route.action != ROUTE_HEALTH || !route.needs_auth)
			fail_msg("%s", asked[i]);
	}
	assert_string_equal(route.verb, "get");
	find("HEAD /metrics", &kubelet);
	assert_int_equal(route.action, ROUTE_METRICS);
	assert_string_equal(route.verb, "");
}

/* As long as the kubelet takes them: they are just not there. */
static void long_names_are_absent(void **state)
{
	static char request[2 * HTTP_HEAD_BYTES_MAX - 256];
	struct buf b = buf_fixed(request, sizeof(request));
	static const struct job_answer end = {.status = JOB_NO_POD};
	AUTO_BUF struct buf text = buf_growing(1u << 20);

	(void)state;
	buf_text(&b, "POST /checkpoint/default/");
	buf_fill(&b, 'a', 8000);
	buf_byte(&b, '/');
	buf_fill(&b, 'b', 20000);
	find(buf_cstr(&b), &kubelet);
	assert_int_equal(route.action, ROUTE_JOB);
	assert_int_equal(route.pod.n, 8000);
	assert_int_equal(route.container.n, 20000);
	assert_string_equal(route.job.pod, "");
	assert_int_equal(
		route_answer_job(&route, &end, "/d", &text).status, 404);
}

/* Results of jobs and the answers to them. */
static const struct {
	struct job_answer end;
	unsigned status;
	enum answer_type type;
	const char *body;
} ends[] = {
	{{.status = JOB_DONE, .made.name = "a\"b.tar"}, 200, ANSWER_JSON,
		"{\"items\":[\"/v/checkpoints/a\\\"b.tar\"]}"},
	{{.status = JOB_NO_POD}, 404, ANSWER_TEXT, "pod does not exist"},
	{{.status = JOB_NO_CONTAINER}, 404, ANSWER_TEXT,
		"container main does not exist"},
	{{.status = JOB_BAD_TIMEOUT}, 404, ANSWER_TEXT,
		"cannot parse value of timeout parameter"},
	{{.status = JOB_BUSY}, 409, ANSWER_TEXT,
		"default/busy/main is being checkpointed "
		"already"},
	{{.status = JOB_FAILED, .cause = "100% broken"}, 500, ANSWER_TEXT,
		"checkpointing of default/busy/main failed "
		"(100% broken)"},
	{{.status = JOB_TIMED_OUT, .cause = "timed out"}, 500, ANSWER_TEXT,
		"checkpointing of default/busy/main failed "
		"(timed out)"},
	{{.status = JOB_NO_ROOM, .cause = "disk"}, 507, ANSWER_TEXT,
		"checkpointing of default/busy/main failed "
		"(disk)"},
	{{.status = 77, .cause = "?"}, 500, ANSWER_TEXT,
		"checkpointing of default/busy/main failed "
		"(?)"},
};

static void results_of_jobs_become_answers(void **state)
{
	char memory[4096];

	(void)state;
	find("POST /checkpoint/default/busy/main", &kubelet);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct buf b = buf_fixed(memory, sizeof(memory));
		struct answer a = route_answer_job(
			&route, &ends[i].end, "/v/checkpoints", &b);

		assert_int_equal(a.status, ends[i].status);
		assert_int_equal(a.type, ends[i].type);
		if (!str_is(a.body, ends[i].body))
			fail_msg("got %.*s", STR_ARG(a.body));
	}
}

static void a_denial_names_what_was_requested(void **state)
{
	char memory[256];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct answer a;

	(void)state;
	find("GET /checkpoint/default/busy/main", &kubelet);
	a = route_answer_forbidden(&route, STR("nobody"), &b);
	assert_int_equal(a.status, 403);
	assert_true(str_is(a.body, "Forbidden (user=nobody, verb=get, "
				   "resource=nodes, subresource(s)="
				   "[checkpoint])\n"));
	find("GET /healthz", &kubelet);
	a = route_answer_forbidden(&route, STR("x"), &b);
	assert_true(
		str_is(a.body, "Forbidden (user=x, verb=get, resource=nodes, "
			       "subresource(s)=[healthz proxy])\n"));
}

/* The whole text of an answer. */
static void is_written(
	const struct answer *a, struct answer_frame f, const char *wanted)
{
	char memory[1024];
	struct buf b = buf_fixed(memory, sizeof(memory));

	f.unix_s = 1795401556;
	answer_write(a, &f, &b);
	assert_string_equal(buf_cstr(&b), wanted);
}

#define DATE "Date: Mon, 23 Nov 2026 02:39:16 GMT\r\n"

static void answers_are_written_as_the_kubelets(void **state)
{
	const struct answer_frame kept = {.minor = 1, .is_kept = true};
	const struct answer_frame head = {
		.minor = 1, .is_kept = true, .is_head = true};
	const struct answer_frame last = {.minor = 0};
	struct answer a = {.status = 200,
		.type = ANSWER_JSON,
		.body = STR("{\"items\":[]}")};

	(void)state;
	is_written(&a, kept,
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" DATE
		"Content-Length: 12\r\n\r\n{\"items\":[]}");
	a = answer_text(404, STR("pod does not exist"));
	is_written(&a, kept,
		"HTTP/1.1 404 Not Found\r\n" DATE "Content-Length: 18\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n\r\n"
		"pod does not exist");
	a = answer_text(405, STR("405: Method Not Allowed"));
	a.allow = "POST";
	is_written(&a, head,
		"HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\n" DATE
		"Content-Length: 23\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n\r\n");
	a = (struct answer){.status = 307, .location = STR("/checkpoint/")};
	is_written(&a, kept,
		"HTTP/1.1 307 Temporary Redirect\r\n"
		"Location: /checkpoint/\r\n" DATE "Content-Length: 0\r\n\r\n");
	a = (struct answer){.status = 404,
		.type = ANSWER_NOSNIFF,
		.body = STR("404 page not found\n")};
	is_written(&a, last,
		"HTTP/1.0 404 Not Found\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"X-Content-Type-Options: nosniff\r\n" DATE
		"Content-Length: 19\r\nConnection: close\r\n\r\n"
		"404 page not found\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_requests_become_jobs),
		cmocka_unit_test(a_predump_can_be_requested),
		cmocka_unit_test(other_requests_are_answered_at_once),
		cmocka_unit_test(invalid_names_count_as_absent),
		cmocka_unit_test(our_own_paths_have_their_verbs),
		cmocka_unit_test(results_of_jobs_become_answers),
		cmocka_unit_test(a_denial_names_what_was_requested),
		cmocka_unit_test(health_answers_any_method),
		cmocka_unit_test(long_names_are_absent),
		cmocka_unit_test(answers_are_written_as_the_kubelets),
	};

	return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
