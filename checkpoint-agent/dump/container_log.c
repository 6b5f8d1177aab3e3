/*
 * container_log - pread(2) from the descriptor that was opened before the
 * freeze, up to the length that fstat(2) told at its end.
 *
 * A tenant who may write below the directory of logs could put a link or a
 * FIFO there: only a regular file is opened.
 */
#include "checkpoint-agent/dump/container_log.h"

#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/tar/members.h"
#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

static int open_regular(int root, const char *path, int *fd, struct err *e)
{
	struct stat st;

	if (hostfs_open(root, path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, fd, e) < 0)
		return -1;
	if (fstat(*fd, &st) < 0)
		return err_sys(e, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT, "%s is no regular file", path);
	return 0;
}

void container_log_open(struct container_log *l, int root, const char *path)
{
	struct err e = {0};

	*l = (struct container_log){.fd = -1};
	if (!*path || open_regular(root, path, &l->fd, &e) == 0)
		return;
	fd_close(&l->fd);
	log_event(LOG_WARN, "the container's log is not in the archive",
		"error", e.text, NULL);
}

void container_log_mark(struct container_log *l)
{
	struct stat st;

	if (l->fd >= 0 && fstat(l->fd, &st) == 0)
		l->bytes = (uint64_t)st.st_size;
}

/* A log that is too long begins with the first whole line of its end. */
static uint64_t find_begin(const struct container_log *l, char *chunk)
{
	uint64_t at = l->bytes - CONTAINER_LOG_MAX;
	ssize_t n;

	if (l->bytes <= CONTAINER_LOG_MAX)
		return 0;
	n = pread(l->fd, chunk, CHUNK_BYTES, (off_t)at);
	for (ssize_t i = 0; i < n; i++)
		if (chunk[i] == '\n')
			return at + (uint64_t)i + 1;
	return at;
}

/* One that was cut meanwhile ends early. */
static int copy_from(const struct container_log *l, uint64_t at, char *chunk,
	struct tarball *to, struct err *e)
{
	while (at < l->bytes) {
		uint64_t left = l->bytes - at;
		ssize_t n = pread(l->fd, chunk,
			left < CHUNK_BYTES ? left : CHUNK_BYTES, (off_t)at);

		if (n <= 0)
			return 0;
		if (tarball_put(to, chunk, (size_t)n, e) < 0)
			return -1;
		at += (uint64_t)n;
	}
	return 0;
}

int container_log_add(
	const struct container_log *l, struct tarball *to, struct err *e)
{
	static char chunk[CHUNK_BYTES];

	if (l->fd < 0)
		return 0;
	if (tarball_open(to, MEMBER_OUTPUT, e) < 0 ||
		copy_from(l, find_begin(l, chunk), chunk, to, e) < 0)
		return -1;
	return tarball_close(to, e);
}

void container_log_close(struct container_log *l)
{
	fd_close(&l->fd);
}
