/*
 * sink - sinks for a descriptor, a buffer, and a meter in between.
 */
#include "lib/arc/sink.h"

#include "lib/base/fd.h"

#include <errno.h>
#include <unistd.h>

#define COPY_CHUNK_BYTES 4096

int sink_put(struct sink to, const void *bytes, size_t n, struct err *e)
{
	if (!n)
		return 0;
	return to.put(to.self, bytes, n, e);
}

int sink_zeros(struct sink to, uint64_t n, struct err *e)
{
	static const char zeros[512];

	while (n) {
		size_t now = n < sizeof(zeros) ? (size_t)n : sizeof(zeros);

		if (sink_put(to, zeros, now, e) < 0)
			return -1;
		n -= now;
	}
	return 0;
}

/* read(2), restarted on EINTR. */
static ssize_t read_some(int fd, void *bytes, size_t size)
{
	ssize_t r;

	do
		r = read(fd, bytes, size);
	while (r < 0 && errno == EINTR);
	return r;
}

int sink_copy_part(struct sink to, int fd, uint64_t n, struct err *e)
{
	char chunk[COPY_CHUNK_BYTES];

	while (n > 0) {
		size_t want = n < sizeof(chunk) ? (size_t)n : sizeof(chunk);
		ssize_t r = read_some(fd, chunk, want);

		if (r < 0)
			return err_sys(e, "read");
		if (r == 0)
			return err_set(e, "the file shrank while it was read");
		if (sink_put(to, chunk, (size_t)r, e) < 0)
			return -1;
		n -= (uint64_t)r;
	}
	return 0;
}

int sink_copy_fd(struct sink to, int fd, uint64_t n, struct err *e)
{
	char more;

	if (sink_copy_part(to, fd, n, e) < 0)
		return -1;
	if (read_some(fd, &more, 1) != 0)
		return err_set(e, "the file grew while it was read");
	return 0;
}

static int put_fd(void *self, const void *bytes, size_t n, struct err *e)
{
	const int *fd = self;

	return fd_write(*fd, bytes, n, e);
}

struct sink sink_fd(int *fd)
{
	return (struct sink){.put = put_fd, .self = fd};
}

static int put_buf(void *self, const void *bytes, size_t n, struct err *e)
{
	struct buf *b = self;

	buf_put(b, bytes, n);
	if (b->full)
		return err_kind(e, ERR_LIMIT, "no room for %zu bytes", n);
	return 0;
}

struct sink sink_buf(struct buf *b)
{
	return (struct sink){.put = put_buf, .self = b};
}

static int put_meter(void *self, const void *bytes, size_t n, struct err *e)
{
	struct sink_meter *m = self;

	sha256_add(&m->hash, bytes, n);
	m->n += n;
	return sink_put(m->next, bytes, n, e);
}

void sink_meter_start(struct sink_meter *m, struct sink next)
{
	*m = (struct sink_meter){.next = next};
	sha256_start(&m->hash);
}

struct sink sink_meter(struct sink_meter *m)
{
	return (struct sink){.put = put_meter, .self = m};
}

void sink_meter_hex(const struct sink_meter *m, char hex[SHA256_HEX + 1])
{
	unsigned char digest[SHA256_BYTES];

	sha256_finish(&m->hash, digest);
	str_hex(digest, sizeof(digest), hex);
}
