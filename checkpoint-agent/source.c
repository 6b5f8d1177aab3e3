/*
 * source - see source.h.
 *
 * The first piece tells whether it is an age file (its first line is fixed).
 * Plain bytes and keys are wiped before their memory is given back.
 */
#include "checkpoint-agent/source.h"

#include "lib/arc/sink.h"
#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGE_MAGIC    "age-encryption.org/v1\n"
#define KEY_FILE_MAX 65536
#define PLAIN_MAX    (4 * SOURCE_PIECE_BYTES)

struct keys {
	struct age_key key[AGE_RECIPIENTS_MAX];
	size_t n;
};

static long read_fd(void *self, void *bytes, size_t room, struct err *e)
{
	const struct source *s = self;
	ssize_t n;

	do
		n = read(s->fd, bytes, room);
	while (n < 0 && errno == EINTR);
	return n < 0 ? err_sys(e, "read") : (long)n;
}

static int read_raw(struct source *s, struct err *e)
{
	long n;

	s->raw_n = 0;
	/* a pipe gives what it has; the first line must be seen whole */
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

static int add_keys(struct keys *k, const char *path, struct err *e)
{
	struct buf b = buf_growing(KEY_FILE_MAX);
	size_t n = 0;
	int rc = file_read(path, &b, e);

	if (rc == 0)
		rc = age_identities_parse(buf_view(&b), k->key + k->n,
			AGE_RECIPIENTS_MAX - k->n, &n, e);
	if (rc < 0)
		err_at(e, "%s", path);
	k->n += n;
	buf_wipe(&b);
	return rc;
}

static int open_age(
	struct source *s, const struct args_list *identities, struct err *e)
{
	struct keys k = {.n = 0};
	int rc = 0;

	if (!identities)
		return err_kind(e, ERR_INPUT,
			"it is encrypted; decrypt it first (age -d)");
	if (identities->n == 0)
		return err_kind(
			e, ERR_INPUT, "it is encrypted: --identity is needed");
	for (size_t i = 0; rc == 0 && i < identities->n; i++)
		rc = add_keys(&k, identities->item[i], e);
	if (rc == 0)
		s->age = age_open(sink_buf(&s->plain), k.key, k.n, e);
	explicit_bzero(&k, sizeof(k));
	return s->age ? 0 : -1;
}

static int look(
	struct source *s, const struct args_list *identities, struct err *e)
{
	const struct str magic = STR(AGE_MAGIC);
	struct stat st;

	if (s->fd >= 0 && fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode))
		s->size = st.st_size;
	if (read_raw(s, e) < 0)
		return -1;
	if (s->raw_n < magic.n || memcmp(s->raw, magic.p, magic.n) != 0)
		return 0;
	return open_age(s, identities, e);
}

static void make(struct source *s, int fd, bool is_own)
{
	memset(s, 0, sizeof(*s));
	s->feed = (struct source_feed){read_fd, s};
	s->fd = fd;
	s->is_own = is_own;
	s->plain = buf_growing(PLAIN_MAX);
	s->held = buf_growing(SOURCE_HELD_MAX);
}

int source_open_fd(struct source *s, int fd, const struct args_list *identities,
	struct err *e)
{
	make(s, fd, false);
	return look(s, identities, e);
}

int source_open_feed(struct source *s, struct source_feed feed,
	const struct args_list *identities, struct err *e)
{
	make(s, -1, false);
	s->feed = feed;
	return look(s, identities, e);
}

int source_open(struct source *s, const char *path,
	const struct args_list *identities, struct err *e)
{
	bool is_input = strcmp(path, "-") == 0;

	make(s, is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC),
		!is_input);
	if (s->fd < 0)
		return err_sys(e, "%s", path);
	return look(s, identities, e) < 0 ? err_at(e, "%s", path) : 0;
}

/* Not to the very end: reading there tells whether the file is cut. */
int64_t source_skip(struct source *s, int64_t n)
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

/* The piece that was read, or another one. */
static int need_raw(struct source *s, struct err *e)
{
	if (s->raw_n || s->is_over)
		return 0;
	if (read_raw(s, e) < 0)
		return -1;
	s->is_over = s->raw_n == 0;
	return 0;
}

static long next_plain(struct source *s, const void **bytes, struct err *e)
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

static long next_raw(struct source *s, const void **bytes, struct err *e)
{
	long n;

	if (need_raw(s, e) < 0)
		return -1;
	n = (long)s->raw_n;
	s->raw_n = 0;
	*bytes = s->raw;
	return n;
}

static long next_held(struct source *s, const void **bytes)
{
	size_t n = s->held.n - s->held_at;

	*bytes = s->held.p + s->held_at;
	s->held_at = s->held.n;
	return (long)n;
}

long source_next(struct source *s, const void **bytes, struct err *e)
{
	long n;

	if (!s->is_held && s->held_at < s->held.n)
		return next_held(s, bytes);
	if (!s->is_held && s->held.n)
		buf_wipe(&s->held);
	n = s->age ? next_plain(s, bytes, e) : next_raw(s, bytes, e);
	if (s->is_held && n > 0)
		buf_put(&s->held, *bytes, (size_t)n);
	return n;
}

void source_hold(struct source *s)
{
	s->is_held = true;
}

int source_replay(struct source *s, struct err *e)
{
	s->is_held = false;
	if (s->held.full)
		return err_kind(e, ERR_INPUT, "no archive begins like that");
	return 0;
}

int source_file(const struct source *s)
{
	return s->age || s->size == 0 ? -1 : s->fd;
}

int source_drain(struct source *s, struct err *e)
{
	const void *bytes;
	long n;

	do
		n = source_next(s, &bytes, e);
	while (n > 0);
	return n < 0 ? -1 : 0;
}

void source_close(struct source *s)
{
	age_close(&s->age);
	buf_wipe(&s->plain);
	buf_wipe(&s->held);
	explicit_bzero(s->raw, sizeof(s->raw));
	if (s->is_own)
		fd_close(&s->fd);
}
