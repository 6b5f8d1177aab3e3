/*
 * input - read pieces of 64 KiB and decrypt them if need be.
 *
 * An age file is known by its first line, so the first piece is read when the
 * input is opened.  A file that is not encrypted can be skipped through by
 * lseek(2).  Decrypted bytes are wiped before their memory is freed, and
 * meanwhile are not swapped.
 */
#include "checkpoint-agent/tar/input.h"

#include "checkpoint-agent/tar/identities.h"
#include "lib/arc/sink.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"
#include "lib/base/unswapped.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGE_MAGIC "age-encryption.org/v1\n"
#define PLAIN_MAX (4 * INPUT_PIECE_BYTES)

static long read_fd(void *self, void *bytes, size_t room, struct err *e)
{
	const struct input *s = self;
	ssize_t n;

	do
		n = read(s->fd, bytes, room);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_sys(e, "read") : (long)n;
}

static int read_raw(struct input *s, struct err *e)
{
	long n;

	s->raw_n = 0;
	/* a pipe returns what it holds; the first line must be complete */
	while (s->raw_n < sizeof(s->raw)) {
		n = s->feed.read(s->feed.self, s->raw + s->raw_n,
			sizeof(s->raw) - s->raw_n, e);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		s->raw_n += (size_t)n;
	}
	return 0;
}

static int open_age(
	struct input *s, const struct args_list *files, struct err *e)
{
	struct identities k = {.n = 0};

	if (!files)
		return err_kind(e, ERR_INPUT,
			"it is encrypted; decrypt it first (age -d)");
	if (files->n == 0)
		return err_kind(
			e, ERR_INPUT, "it is encrypted: --identity is needed");
	unswapped_begin(true); /* for the keys, and all that is decrypted */
	if (identities_read(&k, files, e) == 0)
		s->age = age_open(sink_buf(&s->plain), k.key, k.n, e);
	identities_wipe(&k);
	return s->age ? 0 : -1;
}

static int open_start(
	struct input *s, const struct args_list *identities, struct err *e)
{
	const struct str magic = STR(AGE_MAGIC);
	struct stat st;

	if (s->fd >= 0 && fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		s->size = st.st_size;
		s->where = (struct input_where){
			s->fd, (uint64_t)lseek(s->fd, 0, SEEK_CUR)};
	}
	if (read_raw(s, e) < 0)
		return -1;
	if (s->raw_n < magic.n || memcmp(s->raw, magic.p, magic.n) != 0)
		return 0;
	s->is_secret = true;
	s->where.file = -1;
	return open_age(s, identities, e);
}

void input_lies_in(struct input *s, const struct input *outer, int64_t at)
{
	s->is_secret |= outer->is_secret;
	if (at >= 0 && !s->age && outer->where.file >= 0)
		s->where = (struct input_where){
			outer->where.file, outer->where.at + (uint64_t)at};
}

static void init_input(struct input *s, int fd, bool is_own)
{
	memset(s, 0, sizeof(*s));
	s->feed = (struct input_feed){read_fd, s};
	s->fd = fd;
	s->where.file = -1;
	s->is_own = is_own;
	s->plain = buf_growing(PLAIN_MAX);
	s->held = buf_growing(INPUT_HELD_MAX);
}

int input_open_fd(struct input *s, int fd, const struct args_list *identities,
	struct err *e)
{
	init_input(s, fd, false);
	return open_start(s, identities, e);
}

int input_open_feed(struct input *s, struct input_feed feed,
	const struct args_list *identities, struct err *e)
{
	init_input(s, -1, false);
	s->feed = feed;
	return open_start(s, identities, e);
}

int input_open(struct input *s, const char *path,
	const struct args_list *identities, struct err *e)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : -1;

	init_input(s, fd, !is_input);
	if (!is_input && regular_open(path, &s->fd, e) < 0)
		return -1;
	return open_start(s, identities, e) < 0 ? err_at(e, "%s", path) : 0;
}

/* Never beyond the end: reading there shows that the file is truncated. */
int64_t input_skip(struct input *s, int64_t n)
{
	off_t at;

	if (s->age || s->raw_n || s->is_held || s->held_at < s->held.n ||
		s->size == 0)
		return 0;
	at = lseek(s->fd, 0, SEEK_CUR);
	if (at < 0 || n > s->size - at)
		return 0;
	return lseek(s->fd, n, SEEK_CUR) < 0 ? 0 : n;
}

/* Have a piece in `raw`, unless the end has been reached. */
static int need_raw(struct input *s, struct err *e)
{
	if (s->raw_n || s->is_over)
		return 0;
	if (read_raw(s, e) < 0)
		return -1;
	s->is_over = s->raw_n == 0;
	return 0;
}

static long next_plain(struct input *s, const void **bytes, struct err *e)
{
	buf_reset(&s->plain);
	while (s->plain.n == 0 && !s->is_over) {
		if (need_raw(s, e) < 0)
			return -1;
		if (s->is_over ? age_end(s->age, e) < 0
			       : sink_put(age_sink(s->age), s->raw, s->raw_n,
					 e) < 0)
			return err_at(e, "decrypt");
		s->raw_n = 0;
	}
	*bytes = s->plain.p;
	return (long)s->plain.n;
}

static long next_raw(struct input *s, const void **bytes, struct err *e)
{
	long n;

	if (need_raw(s, e) < 0)
		return -1;
	n = (long)s->raw_n;
	s->raw_n = 0;
	*bytes = s->raw;
	return n;
}

static long next_held(struct input *s, const void **bytes)
{
	size_t n = s->held.n - s->held_at;

	*bytes = s->held.p + s->held_at;
	s->held_at = s->held.n;
	return (long)n;
}

long input_next(struct input *s, const void **bytes, struct err *e)
{
	long n;

	if (s->held_at < s->held.n)
		return next_held(s, bytes);
	if (!s->is_held && s->held.n) {
		buf_wipe(&s->held);
		s->held_at = 0;
	}
	n = s->age ? next_plain(s, bytes, e) : next_raw(s, bytes, e);
	if (s->is_held && n > 0) {
		buf_put(&s->held, *bytes, (size_t)n);
		s->held_at = s->held.n;
	}
	return n;
}

/* What is still to be returned again begins the new record. */
void input_hold(struct input *s)
{
	buf_consume(&s->held, s->held_at);
	s->held_at = 0;
	s->is_held = true;
}

int input_replay(struct input *s, struct err *e)
{
	s->is_held = false;
	s->held_at = 0;
	if (s->held.full)
		return err_kind(
			e, ERR_INPUT, "this does not begin like an archive");
	return 0;
}

uint64_t input_expanded_max(const struct input *s)
{
	uint64_t max = s->max_bytes ? s->max_bytes : INPUT_EXPANDED_MAX;

	return s->size > 0 && (uint64_t)s->size > max ? (uint64_t)s->size : max;
}

int input_file(const struct input *s)
{
	return s->age || s->size == 0 ? -1 : s->fd;
}

int input_drain(struct input *s, struct err *e)
{
	const void *bytes;
	long n;

	do
		n = input_next(s, &bytes, e);
	while (n > 0);
	return n < 0 ? -1 : 0;
}

void input_close(struct input *s)
{
	age_close(&s->age);
	buf_wipe(&s->plain);
	buf_wipe(&s->held);
	explicit_bzero(s->raw, sizeof(s->raw));
	if (s->is_own)
		fd_close(&s->fd);
}
