/*
 * merge - whose turn it is to write into the archive.
 *
 * One stream of bulk data is the open member and moves by splice(2); another
 * one of CRIU's waits as long as that one has data.  Every other stream is
 * gathered (stream.h) and added when no member is open.
 *
 * Changed files are bulk data too where the archive is nothing but a file. They
 * come from a process that waits for nobody, so they and CRIU's pages hold each
 * other up until the one that came first has ended: neither is written twice.
 * Where bytes are compressed or encrypted, which takes longer than to read
 * them, they are gathered, in memory up to a bound, and the container goes on
 * before they are added (docs/decision/changed-files.md).
 */
#include "checkpoint-agent/dump/merge.h"

#include <fcntl.h>
#include <sys/epoll.h>

#define PIPE_BYTES 1048576 /* fewer wakeups for pages; a refusal is ignored */

void merge_fail(struct merge *m, const struct err *e)
{
	if (!m->has_failed)
		m->why = *e;
	m->has_failed = true;
	m->changed(m->context);
}

static void release(struct merge_stream *s)
{
	struct merge *m = s->owner;

	stream_close(&s->stream, m->loop);
	s->state = MERGE_FREE;
	m->open_count--;
}

static int begin_flow(struct merge_stream *s, struct err *e)
{
	struct merge *m = s->owner;

	if (tarball_open(m->to, s->stream.name, e) < 0)
		return -1;
	m->flowing = s;
	s->state = MERGE_FLOWS;
	return stream_pour(&s->stream, m->to, e);
}

/* Add a complete stream as one member. */
static int add_whole(struct merge_stream *s, struct err *e)
{
	if (stream_is_empty(&s->stream) && s->is_added)
		return 0;
	return stream_add_whole(&s->stream, s->owner->to, e);
}

static int add_waiting(struct merge *m, struct err *e)
{
	for (size_t i = 0; i < MERGE_STREAMS_MAX && !m->flowing; i++) {
		struct merge_stream *s = &m->streams[i];

		if (s->state != MERGE_WAITS)
			continue;
		if (add_whole(s, e) < 0)
			return err_at(e, "%s", s->stream.name);
		release(s);
	}
	return 0;
}

/* Watch those again that waited for the end of the open member. */
static int resume_held(struct merge *m, struct err *e)
{
	for (size_t i = 0; i < MERGE_STREAMS_MAX; i++) {
		struct merge_stream *s = &m->streams[i];

		if (s->state == MERGE_FREE || !s->is_held)
			continue;
		s->is_held = false;
		if (loop_fd_add(m->loop, &s->stream.watch, e) < 0)
			return -1;
	}
	return 0;
}

static int end_flow(struct merge_stream *s, struct err *e)
{
	struct merge *m = s->owner;

	m->flowing = NULL;
	if (tarball_close(m->to, e) < 0)
		return -1;
	release(s);
	return resume_held(m, e);
}

/* All is read: the container may go on, before anything else is written. */
static void tell_added_ended(struct merge *m)
{
	if (--m->added_open > 0)
		return;
	m->added_ended(m->context);
	m->changed(m->context);
}

static int end_stream(struct merge_stream *s, struct err *e)
{
	struct merge *m = s->owner;
	bool is_added = s->is_added;

	stream_end(&s->stream, m->loop);
	if (s->state != MERGE_FLOWS)
		s->state = MERGE_WAITS;
	else if (end_flow(s, e) < 0)
		return -1;
	if (is_added)
		tell_added_ended(m);
	if (!m->has_failed && add_waiting(m, e) < 0)
		return -1;
	m->changed(m->context);
	return 0;
}

/* Until the open member has ended; then resume_held(). */
static int hold(struct merge_stream *s)
{
	loop_fd_remove(s->owner->loop, &s->stream.watch);
	s->is_held = true;
	return 0;
}

/* Of two bulk streams one is read by a process of its own, not by CRIU. */
static bool must_hold(const struct merge_stream *s)
{
	const struct merge_stream *flowing = s->owner->flowing;

	return s->is_bulk && flowing && flowing != s &&
	       (s->is_added || flowing->is_added);
}

/* Memory is no place for more than this. */
static bool is_too_large(const struct merge_stream *s)
{
	return s->is_added && s->owner->is_secret &&
	       s->stream.spill.size >= MERGE_MEMORY_MAX;
}

/* No member is made of a stream of ours that is empty. */
static bool may_begin(const struct merge_stream *s)
{
	return s->is_bulk && !s->owner->flowing &&
	       (!s->is_added || !stream_is_empty(&s->stream));
}

static int advance(struct merge_stream *s, struct err *e)
{
	struct merge *m = s->owner;
	size_t got = 0;

	s->is_bulk = s->is_bulk || is_too_large(s);
	if (must_hold(s))
		return hold(s);
	if (may_begin(s) && begin_flow(s, e) < 0)
		return -1;
	/* CRIU's waits while other has data, and is spilled otherwise */
	if (s->is_bulk && m->flowing && m->flowing != s &&
		stream_has_data(&m->flowing->stream))
		return 0;
	if (s->state == MERGE_FLOWS) {
		if (tarball_take(m->to, s->stream.watch.fd, &got, e) < 0)
			return -1;
	} else if (stream_gather(&s->stream, &got, e) < 0) {
		return err_at(e, "%s", s->stream.name);
	}
	return got ? 0 : end_stream(s, e);
}

static void on_stream(void *context, uint32_t events)
{
	struct merge_stream *s = context;
	struct err e = {0};

	(void)events;
	if (s->state == MERGE_FREE || s->owner->has_failed)
		return;
	if (advance(s, &e) < 0)
		merge_fail(s->owner, &e);
}

struct merge_stream *merge_free_stream(struct merge *m)
{
	for (size_t i = 0; i < MERGE_STREAMS_MAX; i++)
		if (m->streams[i].state == MERGE_FREE)
			return &m->streams[i];
	return NULL;
}

int merge_begin(struct merge_stream *s, int fd, struct err *e)
{
	struct merge *m = s->owner;

	s->stream.watch = (struct loop_fd){
		.fd = fd, .events = EPOLLIN, .ready = on_stream, .context = s};
	if (s->is_bulk)
		fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	if (loop_fd_add(m->loop, &s->stream.watch, e) < 0)
		return -1;
	s->state = MERGE_GATHERS;
	m->open_count++;
	m->added_open += s->is_added;
	return 0;
}

void merge_stop(struct merge *m)
{
	m->has_failed = true;
	m->flowing = NULL;
	for (size_t i = 0; i < MERGE_STREAMS_MAX; i++)
		if (m->streams[i].state != MERGE_FREE)
			release(&m->streams[i]);
}
