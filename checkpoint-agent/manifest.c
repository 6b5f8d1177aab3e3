/*
 * manifest - see manifest.h.
 *
 * While the archive is being written a line whose hash is not known yet is
 * "@OFFSET SIZE  NAME"; finishing turns it into the usual one.  Checking goes
 * through the archive once and keeps the lines it would have written itself:
 * the manifest has to be equal to them.
 */
#include "checkpoint-agent/manifest.h"

#include "checkpoint-agent/pack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINES_MAX  (MANIFEST_MEMBERS * 192u)
#define COPY_BYTES 65536

void manifest_start(struct manifest *m, int file)
{
	*m = (struct manifest){.lines = buf_growing(LINES_MAX), .file = file};
}

void manifest_free(struct manifest *m)
{
	buf_free(&m->lines);
}

static void put_line(
	struct buf *b, const unsigned char hash[SHA256_BYTES], struct str name)
{
	char hex[SHA256_HEX + 1];

	str_hex(hash, SHA256_BYTES, hex);
	buf_fmt(b, "%s  %.*s\n", hex, STR_ARG(name));
}

void manifest_add(struct manifest *m, const char *name, struct str content)
{
	unsigned char hash[SHA256_BYTES];

	sha256_of(content, hash);
	put_line(&m->lines, hash, str_of(name));
}

void manifest_add_hashed(struct manifest *m, const char *name)
{
	unsigned char hash[SHA256_BYTES];

	sha256_finish(&m->now, hash);
	put_line(&m->lines, hash, str_of(name));
}

void manifest_add_later(
	struct manifest *m, const char *name, uint64_t at, uint64_t size)
{
	buf_fmt(&m->lines, "@%llu %llu  %s\n", (unsigned long long)at,
		(unsigned long long)size, name);
}

/* ---- reading back ------------------------------------------------------- */

static int hash_region(int file, uint64_t at, uint64_t size,
	unsigned char hash[SHA256_BYTES], struct err *e)
{
	static char room[COPY_BYTES]; /* one archive in a process */
	struct sha256 s;

	sha256_start(&s);
	while (size) {
		size_t want = size < sizeof(room) ? (size_t)size : sizeof(room);
		ssize_t n = pread(file, room, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_sys(e, "read archive back");
		sha256_add(&s, room, (size_t)n);
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	sha256_finish(&s, hash);
	return 0;
}

/* "@OFFSET SIZE  NAME" */
static int finish_line(const struct manifest *m, struct str line,
	struct buf *text, struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	struct str at, size; /* a blank is left in front of the name */
	uint64_t from, n;

	line = str_sub(line, 1, line.n);
	if (!str_cut(&line, ' ', &at) || !str_cut(&line, ' ', &size) ||
		str_u64(at, 0, INT64_MAX, &from) < 0 ||
		str_u64(size, 0, INT64_MAX, &n) < 0)
		return err_set(e, "manifest");
	if (hash_region(m->file, from, n, hash, e) < 0)
		return -1;
	put_line(text, hash, str_sub(line, 1, line.n));
	return 0;
}

int manifest_finish(struct manifest *m, struct buf *text, struct err *e)
{
	struct str rest = buf_view(&m->lines), line;

	while (str_cut(&rest, '\n', &line) && line.n) {
		if (line.p[0] == '@') {
			if (finish_line(m, line, text, e) < 0)
				return -1;
			continue;
		}
		buf_str(text, line);
		buf_byte(text, '\n');
	}
	if (m->lines.full || text->full)
		return err_kind(e, ERR_LIMIT, "too many members");
	return 0;
}

/* ---- checking ----------------------------------------------------------- */

static int hash_entry(struct manifest *m, struct pack_reader *r,
	const char *name, struct err *e)
{
	static char room[COPY_BYTES];
	long n;

	sha256_start(&m->now);
	while ((n = pack_read_bytes(r, room, sizeof(room), e)) > 0)
		sha256_add(&m->now, room, (size_t)n);
	if (n < 0)
		return err_at(e, "%s", name);
	manifest_add_hashed(m, name);
	return 0;
}

/* The first line in which they differ. */
static int say_difference(struct str have, struct str want, struct err *e)
{
	struct str a, b;

	for (;;) {
		bool more_a = str_cut(&have, '\n', &a) && a.n;
		bool more_b = str_cut(&want, '\n', &b) && b.n;

		if (!more_a && !more_b)
			return err_kind(e, ERR_INPUT, "manifest differs");
		if (!more_b)
			return err_kind(e, ERR_INPUT,
				"%.*s: not in the manifest",
				STR_ARG(str_sub(a, 66, a.n)));
		if (!more_a)
			return err_kind(e, ERR_INPUT, "%.*s: missing",
				STR_ARG(str_sub(b, 66, b.n)));
		if (!str_eq(a, b))
			return err_kind(e, ERR_INPUT,
				"%.*s: its hash is another than the "
				"manifest's",
				STR_ARG(str_sub(a, 66, a.n)));
	}
}

static int check_entry(struct manifest *m, struct pack_reader *r,
	const struct pack_entry *entry, struct buf *found, uint64_t *members,
	struct err *e)
{
	if (!entry->is_file)
		return 0;
	if (found->n)
		return err_kind(
			e, ERR_INPUT, "%s: behind the manifest", entry->path);
	if (strcmp(entry->path, MANIFEST_NAME) == 0)
		return pack_read_all(r, found, e);
	++*members;
	return hash_entry(m, r, entry->path, e);
}

static int check_all(struct manifest *m, struct pack_reader *r,
	struct buf *found, uint64_t *members, struct err *e)
{
	struct pack_entry entry;
	int more;

	while ((more = pack_read_next(r, &entry, e)) == 1) {
		char name[512];

		if (str_copy(str_of(entry.path), name, sizeof(name)) < 0)
			return err_kind(e, ERR_INPUT, "a name too long");
		entry.path = name;
		if (check_entry(m, r, &entry, found, members, e) < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	if (found->n == 0)
		return err_kind(e, ERR_ABSENT,
			"it has no manifest "
			"(--manifest makes one)");
	if (str_eq(buf_view(&m->lines), buf_view(found)))
		return 0;
	return say_difference(buf_view(&m->lines), buf_view(found), e);
}

int manifest_verify(struct source *s, uint64_t *members, struct err *e)
{
	AUTO_BUF struct buf found = buf_growing(LINES_MAX);
	struct manifest m;
	struct pack_reader *r;
	int rc;

	*members = 0;
	if (pack_read_from(&r, s, e) < 0)
		return -1;
	manifest_start(&m, -1);
	rc = check_all(&m, r, &found, members, e);
	manifest_free(&m);
	pack_read_close(r);
	return rc;
}
