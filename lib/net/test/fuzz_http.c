/*
 * Any bytes as a request, as a response and its body.  Beyond memory errors:
 * views stay inside the input, and a body read in two pieces comes to the
 * same end as in one.
 */
#include "lib/net/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void is_inside(struct str view, struct str whole)
{
	require(view.n == 0 ||
		(view.p >= whole.p && view.p + view.n <= whole.p + whole.n));
}

/* How a body ends: the result, and how many payload bytes it gave. */
static int read_body(
	struct http_body b, struct str in, size_t first, size_t *payload)
{
	struct str data, piece = str_sub(in, 0, first);
	size_t used, at = 0;
	int done = 0;

	*payload = 0;
	while (done == 0 && at < in.n) {
		done = http_body_next(&b, piece, &used, &data, NULL);
		if (done < 0)
			return -1;
		is_inside(data, piece);
		require(used <= piece.n && data.n <= used);
		*payload += data.n;
		at += used;
		require(done == 1 || used > 0);
		piece = at < first ? str_sub(in, at, first - at)
				   : str_sub(in, at, in.n);
	}
	return done;
}

static void try_body(const struct http_head *h, struct str rest)
{
	struct http_body b = http_body_start(h);
	size_t whole, parted;

	if (rest.n == 0)
		return;
	require(read_body(b, rest, rest.n, &whole) ==
		read_body(b, rest, (rest.n + 1) / 2, &parted));
	require(whole == parted);
}

static void try_target(const struct http_request *r, struct str in)
{
	static char memory[HTTP_HEAD_BYTES_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str query = r->query, name, value;

	is_inside(r->path, in);
	is_inside(r->query, in);
	http_unescape(r->path, false, &b);
	while (http_query_next(&query, &name, &value)) {
		is_inside(name, in);
		is_inside(value, in);
	}
}

/* A head that comes in two pieces ends where it does in one. */
static void try_pieces(struct str in)
{
	struct http_scan s = {0, 0};
	size_t whole = 0, parted = 0;
	int one = http_head_length(in, &whole, NULL);
	int two = http_head_scan(&s, str_sub(in, 0, in.n / 2),
		HTTP_HEAD_BYTES_MAX, &parted, NULL);

	if (two == 0)
		two = http_head_scan(
			&s, in, HTTP_HEAD_BYTES_MAX, &parted, NULL);
	require(one == two && whole == parted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct http_request request;
	static struct http_response response;
	struct str in = {(const char *)data, size};
	struct err e;
	size_t n;

	try_pieces(in);
	if (http_head_length(in, &n, &e) != 1)
		return 0;
	require(n <= size && n <= HTTP_HEAD_BYTES_MAX);
	if (http_request_parse(str_sub(in, 0, n), &request, &e) == 0) {
		try_target(&request, in);
		try_body(&request.head, str_sub(in, n, size));
	}
	if (http_response_parse(str_sub(in, 0, n), false, &response, &e) == 0)
		try_body(&response.head, str_sub(in, n, size));
	return 0;
}
