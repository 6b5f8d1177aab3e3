/* Heads, bodies and targets: what is taken, and above all what is not. */
#include "lib/net/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CRLF   "\r\n"
#define HOSTED " HTTP/1.1" CRLF "Host: h" CRLF

/* 0, or the kind of error that a request head brings. */
static enum err_kind request_kind(const char *text, struct http_request *r)
{
	struct str in = str_of(text);
	struct err e = {0};
	size_t n = 0;
	int got = http_head_length(in, &n, &e);

	if (got < 0)
		return e.kind;
	assert_int_equal(got, 1);
	if (http_request_parse(str_sub(in, 0, n), r, &e) < 0)
		return e.kind;
	return ERR_NONE;
}

static void good_requests_are_understood(void **state)
{
	struct http_request r;
	struct str value;

	(void)state;
	assert_int_equal(request_kind("POST /a/b?x=1&y=2" HOSTED
				      "X-Thing:\t v 1 \t" CRLF CRLF "rest",
				 &r),
		ERR_NONE);
	assert_true(str_is(r.method, "POST"));
	assert_true(str_is(r.path, "/a/b"));
	assert_true(str_is(r.query, "x=1&y=2"));
	assert_true(http_field_get(&r.head, "x-thing", &value));
	assert_true(str_is(value, "v 1"));
	assert_false(http_field_get(&r.head, "x-thin", &value));
	assert_true(r.head.is_kept);
	assert_int_equal(r.head.framing, HTTP_NO_BODY);
}

static void framing_and_persistence_come_from_the_fields(void **state)
{
	struct http_request r;

	(void)state;
	assert_int_equal(request_kind("PUT /" HOSTED "content-length: 12" CRLF
				      "Connection: x , CLOSE" CRLF CRLF,
				 &r),
		ERR_NONE);
	assert_int_equal(r.head.framing, HTTP_LENGTH);
	assert_int_equal(r.head.length, 12);
	assert_false(r.head.is_kept);
	assert_int_equal(
		request_kind("PUT /" HOSTED "Transfer-Encoding: Chunked" CRLF
			     "Expect: 100-continue" CRLF CRLF,
			&r),
		ERR_NONE);
	assert_int_equal(r.head.framing, HTTP_CHUNKED);
	assert_true(r.wants_continue);
	assert_int_equal(
		request_kind("GET / HTTP/1.0" CRLF CRLF, &r), ERR_NONE);
	assert_false(r.head.is_kept);
	assert_int_equal(request_kind("GET / HTTP/1.0" CRLF
				      "Connection: keep-alive" CRLF CRLF,
				 &r),
		ERR_NONE);
	assert_true(r.head.is_kept);
}

/* Each of these is a way to make two parsers disagree, or plain nonsense. */
static const char *const bad_requests[] = {
	"GET / HTTP/1.1\nHost: h\n\n",
	"GET / HTTP/1.1" CRLF "Host: h\n" CRLF CRLF,
	"GET / HTTP/1.1" CRLF "Host: h\rX: y" CRLF CRLF,
	CRLF "GET / HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET / HTTP/1.1" CRLF CRLF,
	"GET / HTTP/1.1" CRLF "Host: a" CRLF "Host: a" CRLF CRLF,
	"GET / HTTP/1.1 " CRLF "Host: h" CRLF CRLF,
	"GET  / HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	" GET / HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET\t/ HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET /" CRLF CRLF,
	"GET / HTTP/2.0" CRLF "Host: h" CRLF CRLF,
	"GET / http/1.1" CRLF "Host: h" CRLF CRLF,
	"G(T / HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET / HTTP/1.1" CRLF "Host: h/x" CRLF CRLF,
	"GET / HTTP/1.1" CRLF "Host: h h" CRLF CRLF,
	"GET / HTTP/1.1" CRLF "Host: h\"" CRLF CRLF,
	"GET http:///x HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET http://h\"/x HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET ftp://h/x HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET http://h:x/ HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET http://[::1/ HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET http://[::1]1/ HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET x HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET *x HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"CONNECT h:1 HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET /\x7f HTTP/1.1" CRLF "Host: h" CRLF CRLF,
	"GET /" HOSTED " folded: x" CRLF CRLF,
	"GET /" HOSTED "X: a" CRLF "\tb" CRLF CRLF,
	"GET /" HOSTED "X : a" CRLF CRLF,
	"GET /" HOSTED ": a" CRLF CRLF,
	"GET /" HOSTED "novalue" CRLF CRLF,
	"GET /" HOSTED "X: a\x01" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: 1" CRLF "Content-Length: 1" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: 1" CRLF
	"Transfer-Encoding: chunked" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: +1" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: 1, 1" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: 0x1" CRLF CRLF,
	"PUT /" HOSTED "Content-Length:" CRLF CRLF,
	"PUT /" HOSTED "Content-Length: 9223372036854775808" CRLF CRLF,
	"PUT /" HOSTED "Transfer-Encoding: gzip, chunked" CRLF CRLF,
	"PUT /" HOSTED "Transfer-Encoding: chunked" CRLF
	"Transfer-Encoding: chunked" CRLF CRLF,
	"PUT /" HOSTED "Transfer-Encoding: xchunked" CRLF CRLF,
	"PUT / HTTP/1.0" CRLF "Transfer-Encoding: chunked" CRLF CRLF,
};

static void bad_requests_are_refused(void **state)
{
	struct http_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_requests) / sizeof(char *); i++)
		if (request_kind(bad_requests[i], &r) != ERR_INPUT)
			fail_msg("taken: %s", bad_requests[i]);
}

/* The forms of RFC 9112 3.2, but for CONNECT's. */
static void targets_are_split(void **state)
{
	static const struct {
		const char *line, *path, *query;
	} good[] = {
		{"GET /a?b", "/a", "b"},
		{"GET http://h/a?b", "/a", "b"},
		{"GET https://h:1/a", "/a", ""},
		{"GET HTTPS://h:/a", "/a", ""},
		{"GET http://[::1]:80?b", "", "b"},
		{"GET http://h", "", ""},
		{"OPTIONS *", "*", ""},
		{"GET //h/a", "//h/a", ""},
		{"GET /#x", "/#x", ""},
		{"GET /\xc3\xa4", "/\xc3\xa4", ""},
	};
	struct http_request r;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct buf b = buf_fixed(text, sizeof(text));

		buf_fmt(&b, "%s" HOSTED CRLF, good[i].line);
		if (request_kind(buf_cstr(&b), &r) != ERR_NONE ||
			!str_is(r.path, good[i].path) ||
			!str_is(r.query, good[i].query))
			fail_msg("%s", good[i].line);
	}
}

static void expectations_are_told_apart(void **state)
{
	struct http_request r;

	(void)state;
	assert_int_equal(request_kind("PUT /" HOSTED "Content-Length: 1" CRLF
				      "Expect: 100-Continue" CRLF CRLF,
				 &r),
		ERR_NONE);
	assert_true(r.wants_continue && !r.expects_the_unknown);
	/* nothing is to come */
	request_kind("PUT /" HOSTED "Expect: 100-continue" CRLF CRLF, &r);
	assert_false(r.wants_continue || r.expects_the_unknown);
	request_kind("PUT /" HOSTED "Expect:" CRLF CRLF, &r);
	assert_false(r.wants_continue || r.expects_the_unknown);
	request_kind("PUT /" HOSTED "Expect: x" CRLF CRLF, &r);
	assert_true(r.expects_the_unknown);
}

/* Each byte is looked at once, however a head is cut. */
static void a_search_goes_on_where_it_ended(void **state)
{
	struct str in = STR("GET /" HOSTED "A: b" CRLF CRLF "more");
	struct http_scan s = {0, 0};
	size_t n = 0, before = 0;

	(void)state;
	for (size_t i = 0; i < in.n - 4; i++) {
		assert_int_equal(
			http_head_scan(&s, str_sub(in, 0, i), 100, &n, NULL),
			0);
		assert_in_range(s.at, before, i);
		before = s.at;
	}
	assert_int_equal(http_head_scan(&s, in, 100, &n, NULL), 1);
	assert_int_equal(n, in.n - 4);
	s = (struct http_scan){0, 0};
	assert_int_equal(http_head_scan(&s, in, 20, &n, NULL), -1);
}

static void limits_of_a_head_hold(void **state)
{
	static char text[HTTP_HEAD_BYTES_MAX + 64];
	struct http_request r;
	struct buf b = buf_fixed(text, sizeof(text) - 1);

	(void)state;
	buf_text(&b, "GET /" HOSTED);
	for (int i = 0; i < 1000; i++)
		buf_text(&b, "A: b" CRLF);
	buf_text(&b, CRLF);
	assert_int_equal(request_kind(buf_cstr(&b), &r), ERR_NONE);

	buf_reset(&b);
	buf_text(&b, "GET /" HOSTED "X: ");
	buf_fill(&b, 'a', HTTP_HEAD_BYTES_MAX - b.n - 4);
	buf_text(&b, CRLF CRLF);
	assert_int_equal(request_kind(buf_cstr(&b), &r), ERR_NONE);
	buf_reset(&b);
	buf_text(&b, "GET /" HOSTED "X: ");
	buf_fill(&b, 'a', HTTP_HEAD_BYTES_MAX - b.n - 3);
	buf_text(&b, CRLF CRLF);
	assert_int_equal(request_kind(buf_cstr(&b), &r), ERR_LIMIT);
}

static void a_head_in_pieces_is_waited_for(void **state)
{
	struct str in = STR("GET /" HOSTED CRLF);
	struct err e;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < in.n; i++)
		assert_int_equal(
			http_head_length(str_sub(in, 0, i), &n, &e), 0);
	assert_int_equal(http_head_length(in, &n, &e), 1);
	assert_int_equal(n, in.n);
}

static int parse_response(
	const char *text, bool to_head, struct http_response *r)
{
	struct str in = str_of(text);
	size_t n = 0;

	if (http_head_length(in, &n, NULL) != 1)
		return -1;
	return http_response_parse(str_sub(in, 0, n), to_head, r, NULL);
}

static void responses_say_how_their_body_ends(void **state)
{
	static const struct {
		const char *text;
		bool to_head;
		unsigned status;
		enum http_framing framing;
		bool is_kept;
	} cases[] = {
		{"HTTP/1.1 200 OK" CRLF "Content-Length: 3" CRLF CRLF, false,
			200, HTTP_LENGTH, true},
		{"HTTP/1.1 200 OK" CRLF "Content-Length: 3" CRLF CRLF, true,
			200, HTTP_NO_BODY, true},
		{"HTTP/1.1 200" CRLF "Transfer-Encoding: chunked" CRLF CRLF,
			false, 200, HTTP_CHUNKED, true},
		{"HTTP/1.1 200 " CRLF CRLF, false, 200, HTTP_UNTIL_CLOSE,
			false},
		{"HTTP/1.0 404 Not Found" CRLF CRLF, false, 404,
			HTTP_UNTIL_CLOSE, false},
		{"HTTP/1.1 204 No Content" CRLF CRLF, false, 204, HTTP_NO_BODY,
			true},
		{"HTTP/1.1 304 x" CRLF "Content-Length: 9" CRLF CRLF, false,
			304, HTTP_NO_BODY, true},
		{"HTTP/1.1 100 Continue" CRLF CRLF, false, 100, HTTP_NO_BODY,
			true},
	};
	struct http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			parse_response(cases[i].text, cases[i].to_head, &r), 0);
		assert_int_equal(r.status, cases[i].status);
		assert_int_equal(r.head.framing, cases[i].framing);
		assert_int_equal(r.head.is_kept, cases[i].is_kept);
	}
}

static void bad_responses_are_refused(void **state)
{
	static const char *const bad[] = {
		"HTTP/1.1 20 OK" CRLF CRLF,
		"HTTP/1.1 2000 OK" CRLF CRLF,
		"HTTP/1.1 099 OK" CRLF CRLF,
		"HTTP/1.1 600 OK" CRLF CRLF,
		"HTTP/1.1  200 OK" CRLF CRLF,
		"HTTP/3 200 OK" CRLF CRLF,
		"HTTP/1.1 200 OK" CRLF "Content-Length: 3" CRLF
		"Transfer-Encoding: chunked" CRLF CRLF,
		"HTTP/1.1 200 OK" CRLF "Content-Length: 3" CRLF
		"Content-Length: 4" CRLF CRLF,
		"ICY 200 OK" CRLF CRLF,
	};
	struct http_response r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (parse_response(bad[i], false, &r) == 0)
			fail_msg("taken: %s", bad[i]);
}

/* Read a body handed over in pieces of `step`; -1 broken, 0 unfinished. */
static int read_body(struct http_body b, const char *text, size_t step,
	struct buf *out, size_t *rest)
{
	struct str in = str_of(text), piece, data;
	size_t used;
	int done = 0;

	while (in.n > 0) {
		piece = str_sub(in, 0, step);
		done = http_body_next(&b, piece, &used, &data, NULL);
		if (done < 0)
			return -1;
		buf_str(out, data);
		in = str_sub(in, used, in.n);
		if (done == 1)
			break;
		assert_true(used > 0);
	}
	*rest = in.n;
	return done;
}

static void bodies_are_the_same_in_any_pieces(void **state)
{
	static const char chunked[] =
		"5" CRLF "hello" CRLF "00A;x=\"y\"" CRLF " wide worl" CRLF
		"1" CRLF "d" CRLF "0" CRLF "Trailer: x" CRLF CRLF "NEXT";
	struct http_body b = {.framing = HTTP_CHUNKED};
	struct http_body fixed = {.framing = HTTP_LENGTH, .left = 5};
	char memory[64];
	size_t rest;

	(void)state;
	for (size_t step = 1; step < sizeof(chunked); step++) {
		struct buf out = buf_fixed(memory, sizeof(memory));

		assert_int_equal(read_body(b, chunked, step, &out, &rest), 1);
		assert_string_equal(buf_cstr(&out), "hello wide world");
		assert_int_equal(rest, 4);
		buf_reset(&out);
		assert_int_equal(
			read_body(fixed, "hello, x", step, &out, &rest), 1);
		assert_string_equal(buf_cstr(&out), "hello");
		assert_int_equal(rest, 3);
	}
}

static void broken_chunks_are_refused(void **state)
{
	static const char *const bad[] = {
		CRLF "x",
		"g" CRLF,
		" 5" CRLF,
		"5 " CRLF,
		"0x5" CRLF,
		"-1" CRLF,
		"5\nhello",
		"5" CRLF "hello5",
		"5" CRLF "hello\n0",
		"1000000000000000" CRLF,
		"5;\x01" CRLF,
		"5;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaa" CRLF,
		"0" CRLF "a\nb" CRLF CRLF,
		"0" CRLF "\r\r",
	};
	struct http_body b = {.framing = HTTP_CHUNKED};
	char memory[256];
	size_t rest;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf out = buf_fixed(memory, sizeof(memory));

		if (read_body(b, bad[i], 3, &out, &rest) != -1)
			fail_msg("taken: %s", bad[i]);
	}
}

static void escapes_go_both_ways(void **state)
{
	char memory[64];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	assert_int_equal(http_unescape(STR("a%2Fb+%C3%a4"), false, &b), 0);
	assert_string_equal(buf_cstr(&b), "a/b+\xc3\xa4");
	buf_reset(&b);
	assert_int_equal(http_unescape(STR("a+b"), true, &b), 0);
	assert_string_equal(buf_cstr(&b), "a b");
	assert_int_equal(http_unescape(STR("%"), false, &b), -1);
	assert_int_equal(http_unescape(STR("%4"), false, &b), -1);
	assert_int_equal(http_unescape(STR("%4g"), false, &b), -1);
	assert_int_equal(http_unescape(STR("%00"), false, &b), -1);
	buf_reset(&b);
	http_escape(STR("a/b c~%"), true, &b);
	assert_string_equal(buf_cstr(&b), "a/b%20c~%25");
	buf_reset(&b);
	http_escape(STR("a/b"), false, &b);
	assert_string_equal(buf_cstr(&b), "a%2Fb");
}

static void queries_are_walked(void **state)
{
	struct str q = STR("&a=1&&b&c=x=y&"), name, value;

	(void)state;
	assert_true(http_query_next(&q, &name, &value));
	assert_true(str_is(name, "a") && str_is(value, "1"));
	assert_true(http_query_next(&q, &name, &value));
	assert_true(str_is(name, "b") && value.n == 0);
	assert_true(http_query_next(&q, &name, &value));
	assert_true(str_is(name, "c") && str_is(value, "x=y"));
	assert_false(http_query_next(&q, &name, &value));
}

static void heads_are_written(void **state)
{
	char memory[256];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	http_put_status(&b, 1, 404);
	http_put_field(&b, "Allow", STR("POST"));
	http_put_date(&b, 1795401556);
	http_put_number(&b, "Content-Length", 19);
	http_put_end(&b);
	assert_string_equal(buf_cstr(&b),
		"HTTP/1.1 404 Not Found\r\nAllow: POST\r\n"
		"Date: Mon, 23 Nov 2026 02:39:16 GMT\r\n"
		"Content-Length: 19\r\n\r\n");
	http_put_field(&b, "Location", STR("/a\r\nSet-Cookie: x"));
	assert_true(b.full);
	b = buf_fixed(memory, sizeof(memory));
	http_put_request(&b, "GET", STR("/a b"));
	assert_true(b.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_requests_are_understood),
		cmocka_unit_test(framing_and_persistence_come_from_the_fields),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(targets_are_split),
		cmocka_unit_test(expectations_are_told_apart),
		cmocka_unit_test(a_search_goes_on_where_it_ended),
		cmocka_unit_test(limits_of_a_head_hold),
		cmocka_unit_test(a_head_in_pieces_is_waited_for),
		cmocka_unit_test(responses_say_how_their_body_ends),
		cmocka_unit_test(bad_responses_are_refused),
		cmocka_unit_test(bodies_are_the_same_in_any_pieces),
		cmocka_unit_test(broken_chunks_are_refused),
		cmocka_unit_test(escapes_go_both_ways),
		cmocka_unit_test(queries_are_walked),
		cmocka_unit_test(heads_are_written),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
