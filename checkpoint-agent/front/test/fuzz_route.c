/*
 * Any request that parses is routed: a job is always one that the back accepts,
 * and an answer can always be written and contains no injected line.
 */
#include "checkpoint-agent/front/route.h"

#include "checkpoint-agent/front/route_answer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The head ends with its empty line, and no field has a bare CR or LF. */
static void is_whole(const struct buf *b, const struct answer *a)
{
	struct str all = {b->p, b->n};
	size_t n = 0;

	require(!b->full);
	require(http_head_length(all, &n, NULL) == 1);
	require(n + a->body.n == b->n);
}

static void try_answer(const struct answer *a)
{
	static char memory[65536];
	struct buf b = buf_fixed(memory, sizeof(memory));
	const struct answer_frame f = {.minor = 1};

	answer_write(a, &f, &b);
	is_whole(&b, a);
}

static void try_ends(const struct route *r)
{
	static char memory[65536];
	static struct job_answer end;

	for (end.status = 0; end.status < JOB_STATUSES; end.status++) {
		struct buf b = buf_fixed(memory, sizeof(memory));
		struct answer a = route_answer_job(r, &end, "/d", &b);

		try_answer(&a);
	}
}

/* For a file of any size, no byte beyond its end is sent. */
static void try_file(const struct route *r, uint64_t size)
{
	static char memory[65536];
	const struct job_answer end = {
		.status = JOB_DONE, .has_fd = 1, .fd_bytes = size};
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct answer a = route_answer_job(r, &end, "/d", &b);

	require(a.stream_bytes <= size);
	require(a.stream_from <= size - a.stream_bytes);
	try_answer(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config_features features[] = {
		{true, false, false}, {true, true, true}, {false, false, true}};
	static struct http_request request;
	static struct route route;
	struct str in = {(const char *)data, size};
	size_t n;

	if (http_head_length(in, &n, NULL) != 1 ||
		http_request_parse(str_sub(in, 0, n), &request, NULL) < 0)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		route_find(&request, &features[i], &route);
		if (route.action == ROUTE_ANSWER)
			try_answer(&route.answer);
		if (route.action != ROUTE_JOB)
			continue;
		require(job_check(&route.job, NULL) == 0);
		try_ends(&route);
		try_file(&route, size % 16);
		try_file(&route, 5ull << 30);
	}
	return 0;
}
