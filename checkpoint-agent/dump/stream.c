/*
 * stream - gathers in memory first, in a spill file when that is full.
 *
 * A spill file is written to the disk a second time, in the archive, so a
 * stream that says so spills to memory, as far as there is plenty, before it
 * does to a file.
 */
#include "checkpoint-agent/dump/stream.h"

#include "checkpoint-agent/node/memory.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

bool stream_is_empty(const struct stream *s)
{
	return s->bytes.n == 0 && s->spill.size == 0;
}

bool stream_has_data(const struct stream *s)
{
	struct pollfd p = {.fd = s->watch.fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

/* ---- in ----------------------------------------------------------------- */

static int gather_in_memory(struct stream *s, size_t *got, struct err *e)
{
	size_t room = STREAM_BUFFER_BYTES - s->bytes.n;
	char *at = buf_room(&s->bytes, room);
	ssize_t n;

	if (!at)
		return err_kind(e, ERR_LIMIT, "out of memory");
	do
		n = read(s->watch.fd, at, room);
	while (n < 0 && errno == EINTR);
	s->bytes.n -= room - (n > 0 ? (size_t)n : 0);
	if (n < 0)
		return err_sys(e, "read image");
	*got = (size_t)n;
	return 0;
}

/* Does that leave at least as much again to everybody else? */
static bool has_plenty(uint64_t bytes)
{
	uint64_t left;

	return bytes > 0 && memory_free(&left, NULL) == 0 && left / 2 >= bytes;
}

static int spill_over(struct stream *s, struct err *e)
{
	if (!s->is_secret && !has_plenty(s->memory_max))
		s->memory_max = 0;
	if (spill_open(&s->spill, s->dir, s->is_secret || s->memory_max > 0,
		    e) < 0)
		return -1;
	if (spill_put(&s->spill, buf_view(&s->bytes), e) < 0)
		return -1;
	buf_free(&s->bytes);
	return 0;
}

int stream_gather(struct stream *s, size_t *got, struct err *e)
{
	if (s->spill.fd < 0 && s->bytes.n == STREAM_BUFFER_BYTES &&
		spill_over(s, e) < 0)
		return -1;
	if (s->spill.fd < 0)
		return gather_in_memory(s, got, e);
	if (s->is_secret || s->memory_max == 0 || s->spill.size < s->memory_max)
		return spill_take(&s->spill, s->watch.fd, got, e);
	if (s->rest.fd < 0 && spill_open(&s->rest, s->dir, false, e) < 0)
		return -1;
	return spill_take(&s->rest, s->watch.fd, got, e);
}

/* ---- out ---------------------------------------------------------------- */

int stream_pour(struct stream *s, struct tarball *to, struct err *e)
{
	if (s->spill.fd >= 0 && spill_pour(&s->spill, to, e) < 0)
		return -1;
	if (s->rest.fd >= 0 && spill_pour(&s->rest, to, e) < 0)
		return -1;
	if (tarball_put(to, s->bytes.p, s->bytes.n, e) < 0)
		return -1;
	buf_free(&s->bytes);
	return 0;
}

int stream_add_whole(struct stream *s, struct tarball *to, struct err *e)
{
	if (s->spill.fd < 0)
		return tarball_add(to, s->name, buf_view(&s->bytes), e);
	if (tarball_open(to, s->name, e) < 0 || stream_pour(s, to, e) < 0)
		return -1;
	return tarball_close(to, e);
}

/* ---- the end ------------------------------------------------------------ */

void stream_end(struct stream *s, struct loop *loop)
{
	if (s->watch.fd >= 0)
		loop_fd_remove(loop, &s->watch);
	fd_close(&s->watch.fd);
}

void stream_close(struct stream *s, struct loop *loop)
{
	stream_end(s, loop);
	buf_free(&s->bytes);
	spill_close(&s->spill);
	spill_close(&s->rest);
}
