/*
 * manifest - one line for each file; in a git checkout with its state: as
 * committed, modified since, or untracked.
 *
 * The id of a blob is the digest of "blob SIZE", a zero and the bytes
 * (gitformat-loose); repositories of either digest are understood.
 */
#include "static-build/outside/manifest.h"

#include "lib/arc/sha1.h"
#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "static-build/outside/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_MAX = 1 << 30, MANIFEST_LINE_MAX = 1 << 16 };

struct manifest {
	const struct place *place;
	struct upstream *source;
	struct buf text;
	struct table lines; /* that are in it */
};

struct manifest_digests {
	struct sha256 plain, blob256;
	struct sha1 blob1;
	uint64_t size;
};

static int manifest_read(int fd, struct manifest_digests *d, struct err *e)
{
	char chunk[4096], head[32];
	struct stat st;
	ssize_t n;
	int length;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat");
	length = snprintf(
		head, sizeof(head), "blob %lld", (long long)st.st_size);
	sha256_start(&d->plain);
	sha256_start(&d->blob256);
	sha1_start(&d->blob1);
	sha256_add(&d->blob256, head, (size_t)length + 1);
	sha1_add(&d->blob1, head, (size_t)length + 1);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		sha256_add(&d->plain, chunk, (size_t)n);
		sha256_add(&d->blob256, chunk, (size_t)n);
		sha1_add(&d->blob1, chunk, (size_t)n);
		d->size += (uint64_t)n;
	}
	return n < 0 ? err_sys(e, "read") : 0;
}

static int manifest_digest(
	const char *path, struct manifest_digests *d, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	*d = (struct manifest_digests){0};
	if (fd < 0)
		return err_sys(e, "%s", path);
	return manifest_read(fd, d, e) < 0 ? err_at(e, "%s", path) : 0;
}

/* The digests of one file, and how it stands to the commit. */
struct manifest_file {
	struct manifest_digests digests;
	const char *state; /* NULL: no git checkout */
	char sha256[SHA256_HEX + 1], git[SHA1_HEX + 1];
};

static const char *manifest_state(const struct upstream *s, struct str path,
	const struct manifest_digests *d)
{
	const struct table_entry *t = table_find(&s->by_path, path);
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX + 1];

	if (t == NULL)
		return "untracked";
	if (s->ids[t->value].n == SHA1_HEX) {
		sha1_finish(&d->blob1, digest);
		str_hex(digest, SHA1_BYTES, hex);
	} else {
		sha256_finish(&d->blob256, digest);
		str_hex(digest, SHA256_BYTES, hex);
	}
	return str_is(s->ids[t->value], hex) ? "committed" : "modified";
}

static int manifest_look(struct manifest *m, struct str path,
	struct manifest_file *f, struct err *e)
{
	unsigned char digest[SHA256_BYTES];

	sha256_finish(&f->digests.plain, digest);
	str_hex(digest, sizeof(digest), f->sha256);
	sha1_finish(&f->digests.blob1, digest);
	str_hex(digest, SHA1_BYTES, f->git);
	if (m->source->kind != UPSTREAM_GIT)
		return 0;
	f->state = manifest_state(m->source, path, &f->digests);
	if (strcmp(f->state, "modified") != 0)
		return 0;
	return upstream_add_change(m->place, path, f->sha256, m->source, e);
}

static void manifest_json(const struct manifest *m, struct str path,
	const struct manifest_file *f, struct buf *line)
{
	struct json_out o = json_out(line, 0);

	json_map(&o, NULL);
	json_str(&o, "path", path);
	json_text(&o, "sha256", f->sha256);
	json_whole(&o, "size", (int64_t)f->digests.size);
	json_text(&o, "git", f->git);
	json_str(&o, "archive", m->source->name);
	json_list(&o, "patches");
	json_list_end(&o);
	if (f->state != NULL)
		json_text(&o, "state", f->state);
	json_map_end(&o);
}

static int manifest_keep(struct manifest *m, struct str line, struct err *e)
{
	struct str copy = {arena_copy(m->place->arena, line), line.n};

	if (table_find(&m->lines, line) != NULL)
		return 0;
	if (copy.p == NULL || table_add(&m->lines, copy, 0) < 0)
		return place_no_memory(e);
	buf_str(&m->text, line);
	buf_byte(&m->text, '\n');
	return 0;
}

/* A file that went away, or cannot be read, cannot be a source either. */
static int manifest_add(struct manifest *m, struct str path, struct err *e)
{
	AUTO_BUF struct buf line = buf_growing(MANIFEST_LINE_MAX);
	struct manifest_file f = {0};
	const char *full =
		place_path(m->place->arena, m->place->root, path.p, e);

	if (full == NULL)
		return -1;
	if (access(full, R_OK) < 0)
		return 0;
	if (manifest_digest(full, &f.digests, e) < 0 ||
		manifest_look(m, path, &f, e) < 0)
		return -1;
	manifest_json(m, path, &f, &line);
	return manifest_keep(m, buf_view(&line), e);
}

static int manifest_read_old(
	struct manifest *m, const char *path, struct err *e)
{
	AUTO_BUF struct buf old = buf_growing(MANIFEST_MAX);
	struct str rest, line;

	if (access(path, F_OK) < 0)
		return 0;
	if (file_read(path, &old, e) < 0)
		return -1;
	rest = buf_view(&old);
	while (str_cut(&rest, '\n', &line))
		if (line.n > 0 && manifest_keep(m, line, e) < 0)
			return -1;
	return 0;
}

static int manifest_fill(struct manifest *m, const char *path, struct err *e)
{
	struct walk walk;

	if (manifest_read_old(m, path, e) < 0 ||
		walk_make(m->place, &walk, e) < 0)
		return -1;
	for (size_t i = 0; i < walk.n; i++)
		if (manifest_add(m, walk.paths[i], e) < 0)
			return -1;
	if (m->text.full)
		return place_no_memory(e);
	return file_write(path, buf_view(&m->text), 0644, e);
}

int manifest_write(const struct place *p, struct upstream *s, struct err *e)
{
	struct manifest m = {
		.place = p,
		.source = s,
		.text = buf_growing(MANIFEST_MAX),
		.lines = table_make(p->arena),
	};
	const char *path = place_path(p->arena, p->room, "manifest.jsonl", e);
	int rc = path == NULL ? -1 : manifest_fill(&m, path, e);

	buf_free(&m.text);
	return rc;
}
