/* kube_answer: heads, bodies and refusals, in pieces of every size. */
#include "lib/net/kube_answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 65536

static struct kube_answer answer;
static char got[256];
static size_t got_n;

static int collect(void *context, struct str piece, struct err *e)
{
	(void)context;
	(void)e;
	assert_true(got_n + piece.n < sizeof(got));
	memcpy(got + got_n, piece.p, piece.n);
	got_n += piece.n;
	got[got_n] = '\0';
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	answer = (struct kube_answer){.body = collect};
	kube_answer_open(&answer);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kube_answer_wipe(&answer);
	kube_answer_close(&answer);
	return 0;
}

/* Take the text in pieces of `step` bytes: the last result. */
static int take(const char *text, size_t step)
{
	struct str rest = str_of(text);
	int rc = 0;

	kube_answer_reset(&answer);
	got_n = 0;
	got[0] = '\0';
	while (rc == 0 && rest.n) {
		rc = kube_answer_take(&answer, str_sub(rest, 0, step), NULL);
		rest = str_sub(rest, step, rest.n);
	}
	return rc;
}

static void bodies_come_in_any_pieces(void **state)
{
	static const char with_length[] =
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	static const char chunked[] =
		"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
		"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";

	(void)state;
	for (size_t step = 1; step < sizeof(chunked); step++) {
		assert_int_equal(take(with_length, step), 1);
		assert_string_equal(got, "hello");
		assert_int_equal(answer.status, 200);
		assert_true(answer.will_keep);
		assert_int_equal(take(chunked, step), 1);
		assert_string_equal(got, "hello");
		assert_int_equal(answer.status, 201);
	}
}

/* An interim answer may arrive in one piece with the one after it. */
static void interim_answers_are_skipped(void **state)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n"
				   "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
				   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
				   "\r\nok";

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		assert_int_equal(take(text, step), 1);
		assert_int_equal(answer.status, 200);
		assert_string_equal(got, "ok");
	}
}

static void refusals_are_kept_apart(void **state)
{
	(void)state;
	assert_int_equal(
		take("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"
		     "Content-Length: 4\r\n\r\nslow",
			3),
		1);
	assert_int_equal(answer.status, 429);
	assert_int_equal(answer.retry_after_ms, 7000);
	assert_string_equal(buf_cstr(&answer.reason), "slow");
	assert_string_equal(got, "");
}

static uint64_t wait_of(const char *retry_after)
{
	char text[256];

	snprintf(text, sizeof(text),
		"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %s\r\n"
		"Content-Length: 0\r\n\r\n",
		retry_after);
	assert_int_equal(take(text, 1000), 1);
	return answer.retry_after_ms;
}

static void long_waits_count_as_five_minutes(void **state)
{
	(void)state;
	assert_int_equal(wait_of("300"), 300000);
	assert_int_equal(wait_of("301"), 300000);
	assert_int_equal(wait_of("86400"), 300000);
	assert_int_equal(wait_of("Fri, 31 Dec 1999 23:59:59 GMT"), 0);
	assert_int_equal(wait_of("-1"), 0);
}

static void connections_are_kept_only_if_safe(void **state)
{
	(void)state;
	assert_int_equal(
		take("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", ROOM),
		1);
	assert_false(answer.will_keep); /* a byte too many */
	assert_int_equal(take("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
			      "Connection: close\r\n\r\na",
				 ROOM),
		1);
	assert_false(answer.will_keep);
}

static void the_end_of_the_stream_may_end_a_body(void **state)
{
	(void)state;
	assert_int_equal(take("HTTP/1.1 200 OK\r\n\r\nall", ROOM), 0);
	assert_int_equal(kube_answer_end(&answer, NULL), 1);
	assert_string_equal(got, "all");
	assert_int_equal(
		take("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall", ROOM),
		0);
	assert_int_equal(kube_answer_end(&answer, NULL), 0);
	assert_int_equal(take("HTTP/1.1 2", ROOM), 0);
	assert_int_equal(kube_answer_end(&answer, NULL), 0);
}

static void malformed_answers_are_refused(void **state)
{
	(void)state;
	assert_int_equal(take("HTTP/2 200 OK\r\n\r\n", ROOM), -1);
	assert_int_equal(take("HTTP/1.1 200 OK\r\n"
			      "Content-Encoding: gzip\r\n\r\nx",
				 ROOM),
		-1);
	assert_int_equal(take("HTTP/1.1 200 OK\r\n"
			      "Transfer-Encoding: chunked\r\n\r\nz\r\n",
				 ROOM),
		-1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bodies_come_in_any_pieces),
		TEST(interim_answers_are_skipped),
		TEST(refusals_are_kept_apart),
		TEST(long_waits_count_as_five_minutes),
		TEST(connections_are_kept_only_if_safe),
		TEST(the_end_of_the_stream_may_end_a_body),
		TEST(malformed_answers_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
