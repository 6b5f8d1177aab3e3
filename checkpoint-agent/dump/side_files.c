/*
 * side_files - copy ranges of the log in pieces; of its end only is the cause
 * of a failure told.
 */
#include "checkpoint-agent/dump/side_files.h"

#include "lib/base/fd.h"
#include "lib/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define STATS_MAX   (1u << 20)
#define CAUSE_MAX   (1u << 20) /* the end of a log that is looked at */

static void tell(const struct work *w, const char *file, const char *what)
{
	log_event(LOG_WARN, what, "directory", w->name, "file", file, NULL);
}

/* -1: there is none. */
static int open_file(const struct work *w, const char *name, uint64_t *size)
{
	AUTO_FD int fd = openat(
		w->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	*size = 0;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	*size = (uint64_t)st.st_size;
	return fd_take(&fd);
}

/* Copy [from, to) of the file; what cannot be read ends it. */
static int copy_range(
	struct tarball *a, int fd, uint64_t from, uint64_t to, struct err *e)
{
	static char piece[PIECE_BYTES]; /* one archive in a process */

	while (from < to) {
		size_t n = to - from < PIECE_BYTES ? (size_t)(to - from)
						   : PIECE_BYTES;
		ssize_t got = pread(fd, piece, n, (off_t)from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		if (tarball_put(a, piece, (size_t)got, e) < 0)
			return -1;
		from += (uint64_t)got;
	}
	return 0;
}

static int copy_cut(struct tarball *a, int fd, uint64_t size, struct err *e)
{
	const uint64_t half = SIDE_FILES_LOG_MAX / 2;
	char line[96];
	int n = snprintf(line, sizeof(line),
		"\n... %llu bytes of this log are left out ...\n",
		(unsigned long long)(size - 2 * half));

	if (copy_range(a, fd, 0, half, e) < 0 ||
		tarball_put(a, line, (size_t)n, e) < 0)
		return -1;
	return copy_range(a, fd, size - half, size, e);
}

int side_files_add_log(struct tarball *to, const struct work *w,
	const char *member, struct err *e)
{
	uint64_t size;
	AUTO_FD int fd = open_file(w, CRIU_LOG_NAME, &size);
	bool is_cut = size > SIDE_FILES_LOG_MAX;
	int rc;

	if (fd < 0) {
		tell(w, CRIU_LOG_NAME, "CRIU's log is not in the archive");
		return 0;
	}
	if (is_cut)
		tell(w, CRIU_LOG_NAME, "CRIU's log is cut in the archive");
	if (tarball_open(to, member, e) < 0)
		return -1;
	rc = is_cut ? copy_cut(to, fd, size, e)
		    : copy_range(to, fd, 0, size, e);
	return rc < 0 ? -1 : tarball_close(to, e);
}

int side_files_add_stats(struct tarball *to, const struct work *w,
	const char *member, struct criu_stats *s, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(STATS_MAX);
	struct err why = {0};

	if (work_read(w, CRIU_STATS_NAME, &b, &why) == 0 &&
		criumsg_parse_stats(buf_view(&b), s, &why) == 0)
		return tarball_add(to, member, buf_view(&b), e);
	*s = (struct criu_stats){0};
	tell(w, why.text, "CRIU's figures are not in the archive");
	return 0;
}

void side_files_find_cause(const struct work *w, struct buf *out)
{
	AUTO_BUF struct buf end = buf_growing(CAUSE_MAX);
	uint64_t size;
	AUTO_FD int fd = open_file(w, CRIU_LOG_NAME, &size);
	off_t from = size > CAUSE_MAX ? (off_t)(size - CAUSE_MAX) : 0;

	if (fd < 0 || lseek(fd, from, SEEK_SET) != from)
		return;
	fd_read_all(fd, &end, NULL); /* CRIU may still write: what fits */
	criumsg_cause(buf_view(&end), out);
}
