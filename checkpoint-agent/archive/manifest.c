/*
 * manifest - lines of text, some of them to be finished later.
 *
 * While the archive is being written, a line whose hash is not known yet is
 * "@OFFSET SIZE  NAME"; manifest_finish() hashes that part of the file and
 * replaces the line.  To verify an archive we read it once, write the manifest
 * that it should have, and compare.
 */
#include "checkpoint-agent/archive/manifest.h"

#include "checkpoint-agent/tar/members.h"
#include "checkpoint-agent/tar/tarfile_read.h"

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
	struct str at, size; /* line then starts with a blank, then the name */
	uint64_t from, n;

	line = str_sub(line, 1, line.n);
	if (!str_cut(&line, ' ', &at) || !str_cut(&line, ' ', &size) ||
		str_u64(at, 0, INT64_MAX, &from) < 0 ||
		str_u64(size, 0, INT64_MAX, &n) < 0)
		return err_set(e, "manifest: malformed line");
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

/* ---- verifying ---------------------------------------------------------- */

/* What was found in the archive. */
struct verify {
	struct manifest expected;
	struct buf found; /* the manifest in the archive */
	uint64_t members;
};

static int hash_entry(struct manifest *m, struct tarfile_reader *r,
	const char *name, struct err *e)
{
	static char room[COPY_BYTES];
	long n;

	sha256_start(&m->now);
	while ((n = tarfile_read_bytes(r, room, sizeof(room), e)) > 0)
		sha256_add(&m->now, room, (size_t)n);
	if (n < 0)
		return err_at(e, "%s", name);
	manifest_add_hashed(m, name);
	return 0;
}

/* Report the first line that differs. Always -1. */
static int report_difference(struct str have, struct str want, struct err *e)
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
				"%.*s: its hash is not the one in the "
				"manifest",
				STR_ARG(str_sub(a, 66, a.n)));
	}
}

static int verify_entry(struct verify *v, struct tarfile_reader *r,
	const struct tarfile_entry *entry, struct err *e)
{
	if (!entry->is_file)
		return 0;
	if (v->found.n)
		return err_kind(e, ERR_INPUT,
			"%s: comes after the manifest, which must be last",
			entry->path);
	if (strcmp(entry->path, MEMBER_MANIFEST) == 0)
		return tarfile_read_all(r, &v->found, e);
	v->members++;
	return hash_entry(&v->expected, r, entry->path, e);
}

static int verify_all(struct verify *v, struct tarfile_reader *r, struct err *e)
{
	struct tarfile_entry entry;
	int more;

	while ((more = tarfile_read_next(r, &entry, e)) == 1) {
		char name[512];

		if (str_copy(str_of(entry.path), name, sizeof(name)) < 0)
			return err_kind(e, ERR_INPUT,
				"the name of a member is too long");
		entry.path = name;
		if (verify_entry(v, r, &entry, e) < 0)
			return -1;
	}
	if (more < 0)
		return -1;
	if (v->found.n == 0)
		return err_kind(e, ERR_ABSENT,
			"it has no manifest "
			"(--manifest makes one)");
	if (str_eq(buf_view(&v->expected.lines), buf_view(&v->found)))
		return 0;
	return report_difference(
		buf_view(&v->expected.lines), buf_view(&v->found), e);
}

int manifest_verify(struct input *s, uint64_t *members, struct err *e)
{
	struct verify v = {.found = buf_growing(LINES_MAX)};
	struct tarfile_reader *r;
	int rc = tarfile_read_from(&r, s, e);

	if (rc == 0) {
		manifest_start(&v.expected, -1);
		rc = verify_all(&v, r, e);
		manifest_free(&v.expected);
		tarfile_read_close(r);
	}
	buf_free(&v.found);
	*members = v.members;
	return rc;
}
