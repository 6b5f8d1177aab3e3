/*
 * flow - calls of the layers' operations, and the layer that writes the file.
 *
 * splice(2) moves pages from CRIU's pipe to the file without a copy through
 * our memory.  They go by way of a relay, a pipe of our own: the kernel locks a
 * pipe while a file is written from it, and CRIU shall be able to fill its
 * pipe meanwhile.  Writeback is not forced: while the container stands still
 * pages go to the page cache, and they reach the disk when it runs again.
 */
#include "checkpoint-agent/archive/flow.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536

int flow_put(struct flow *f, const void *bytes, size_t n, struct err *e)
{
	return n ? f->ops->put(f, bytes, n, e) : 0;
}

int flow_hole(struct flow *f, size_t n, struct err *e)
{
	if (n == 0 || n > FLOW_HOLE_BYTES)
		return err_kind(e, ERR_LIMIT, "hole of %zu bytes", n);
	return f->ops->hole(f, n, e);
}

int flow_fill(struct flow *f, const void *bytes, struct err *e)
{
	return f->ops->fill(f, bytes, e);
}

int flow_take(struct flow *f, int pipe, size_t *got, struct err *e)
{
	return f->ops->take(f, pipe, got, e);
}

int flow_end(struct flow *f, struct err *e)
{
	return f->ops->end(f, e);
}

int flow_take_by_reading(struct flow *f, int pipe, size_t *got, struct err *e)
{
	static char room[READ_BYTES]; /* one archive in a process */
	ssize_t n;

	do
		n = read(pipe, room, sizeof(room));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "read from pipe");
	*got = (size_t)n;
	return flow_put(f, room, *got, e);
}

static struct flow_file *file_of(struct flow *f)
{
	return (struct flow_file *)f;
}

/* A full disk or quota is ERR_LIMIT. */
static int write_error(struct err *e)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) {
		err_sys(e, "write archive");
		if (e)
			e->kind = ERR_LIMIT;
		return -1;
	}
	return err_sys(e, "write archive");
}

static int write_at(int fd, const char *p, size_t n, uint64_t at, struct err *e)
{
	while (n) {
		ssize_t w = pwrite(fd, p, n, (off_t)at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return write_error(e);
		p += w;
		n -= (size_t)w;
		at += (uint64_t)w;
	}
	return 0;
}

static int file_put(
	struct flow *flow, const void *bytes, size_t n, struct err *e)
{
	struct flow_file *f = file_of(flow);

	if (write_at(f->fd, bytes, n, f->at, e) < 0)
		return -1;
	f->at += n;
	return 0;
}

static int file_hole(struct flow *flow, size_t n, struct err *e)
{
	struct flow_file *f = file_of(flow);

	(void)e;
	f->hole_at = f->at;
	f->hole_n = n;
	f->at += n;
	return 0;
}

static int file_fill(struct flow *flow, const void *bytes, struct err *e)
{
	struct flow_file *f = file_of(flow);
	size_t n = f->hole_n;

	f->hole_n = 0;
	return write_at(f->fd, bytes, n, f->hole_at, e);
}

static int open_relay(struct flow_file *f, struct err *e)
{
	if (pipe2(f->relay, O_CLOEXEC) < 0)
		return err_sys(e, "pipe");
	f->has_relay = true;
	fcntl(f->relay[0], F_SETPIPE_SZ, FLOW_TAKE_BYTES);
	return 0;
}

/* Move n bytes from the relay into the file. */
static int empty_relay(struct flow_file *f, size_t n, struct err *e)
{
	while (n) {
		off_t at = (off_t)f->at;
		ssize_t w =
			splice(f->relay[0], NULL, f->fd, &at, n, SPLICE_F_MOVE);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return write_error(e);
		f->at += (uint64_t)w;
		n -= (size_t)w;
	}
	return 0;
}

static int file_take(struct flow *flow, int pipe, size_t *got, struct err *e)
{
	struct flow_file *f = file_of(flow);
	ssize_t n;

	if (!f->has_relay && open_relay(f, e) < 0)
		return -1;
	do
		n = splice(pipe, NULL, f->relay[1], NULL, FLOW_TAKE_BYTES,
			SPLICE_F_MOVE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "read from pipe");
	*got = (size_t)n;
	return empty_relay(f, *got, e);
}

static int file_end(struct flow *flow, struct err *e)
{
	(void)flow;
	(void)e;
	return 0;
}

static const struct flow_ops file_ops = {
	file_put, file_hole, file_fill, file_take, file_end};

int flow_file_write(struct flow_file *f, const void *bytes, size_t n,
	uint64_t at, struct err *e)
{
	if (write_at(f->fd, bytes, n, at, e) < 0)
		return -1;
	if (f->at < at + n)
		f->at = at + n;
	return 0;
}

void flow_file_start(struct flow_file *f, int fd)
{
	*f = (struct flow_file){.flow = {&file_ops, NULL}, .fd = fd};
}

void flow_file_stop(struct flow_file *f)
{
	if (!f->has_relay)
		return;
	fd_close(&f->relay[0]);
	fd_close(&f->relay[1]);
	f->has_relay = false;
}
