/*
 * source - one interface to layouts in directories and in tars.
 *
 * The tar reader is fed one block at a time: when it reports an entry, the
 * bytes fed so far end where the entry's content begins.
 *
 * Refused: what the tar reader refuses (tar_read.h), more than
 * SOURCE_FILES_MAX files, and paths that are neither directory nor file.  Of
 * two files of one name the first counts; blobs are compared with their digest
 * anyway.
 */
#include "images/read/source.h"

#include "lib/arc/tar_read.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct source_file {
	struct str name; /* in the arena */
	uint64_t at, size_bytes;
};

struct walk {
	struct source *source;
	struct arena *arena;
	uint64_t at; /* bytes fed to the reader */
};

static int note_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct walk *w = self;
	struct source *s = w->source;
	struct source_file f = {t->path, w->at, t->size};

	if (t->type != TAR_FILE)
		return 0;
	if (s->n == SOURCE_FILES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", SOURCE_FILES_MAX);
	f.name.p = arena_copy(w->arena, t->path);
	if (!f.name.p)
		return err_kind(e, ERR_LIMIT, "out of memory");
	s->files[s->n++] = f;
	return 0;
}

static int walk_tar(struct walk *w, FILE *f, struct err *e)
{
	const struct tar_visitor visitor = {.entry = note_entry, .self = w};
	AUTO_TAR_READER struct tar_reader *reader = tar_read_open(&visitor, e);
	char block[TAR_BLOCK_BYTES];
	size_t n;

	if (!reader)
		return -1;
	while ((n = fread(block, 1, sizeof(block), f)) > 0) {
		w->at += n;
		if (sink_put(tar_read_sink(reader), block, n, e) < 0)
			return -1;
	}
	if (ferror(f))
		return err_sys(e, "read");
	return tar_read_end(reader, e);
}

static int open_tar(struct source *s, struct arena *a, struct err *e)
{
	struct walk w = {.source = s, .arena = a};
	AUTO_FD int fd = -1;
	FILE *f;
	int done;

	if (regular_open(s->path, &fd, e) < 0)
		return -1;
	f = fdopen(fd, "r");
	if (!f)
		return err_sys(e, "%s", s->path);
	fd = -1; /* the stream owns it */
	s->is_tar = true;
	s->files = arena_alloc(a, SOURCE_FILES_MAX * sizeof(*s->files));
	done = s->files ? walk_tar(&w, f, e)
			: err_kind(e, ERR_LIMIT, "out of memory");
	fclose(f);
	return done < 0 ? err_at(e, "%s", s->path) : 0;
}

int source_open(
	const char *path, struct arena *a, struct source *s, struct err *e)
{
	struct stat st;

	*s = (struct source){.path = path};
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (S_ISDIR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT,
			"%s: neither the directory of a layout nor a tar",
			path);
	return open_tar(s, a, e);
}

static int tar_member(const struct source *s, const char *name, int *out,
	uint64_t *size_bytes, struct err *e)
{
	AUTO_FD int fd = -1;
	size_t i = 0;

	while (i < s->n && !str_is(s->files[i].name, name))
		i++;
	if (i == s->n)
		return err_kind(
			e, ERR_INPUT, "%s: it has no %s", s->path, name);
	if (regular_open(s->path, &fd, e) < 0)
		return -1;
	if (lseek(fd, (off_t)s->files[i].at, SEEK_SET) < 0)
		return err_sys(e, "%s", s->path);
	*size_bytes = s->files[i].size_bytes;
	*out = fd_take(&fd);
	return 0;
}

int source_file(const struct source *s, const char *name, int *out,
	uint64_t *size_bytes, struct err *e)
{
	AUTO_FD int dir = -1, fd = -1;
	struct stat st;

	if (s->is_tar)
		return tar_member(s, name, out, size_bytes, e);
	dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, "%s", s->path);
	if (regular_open_at(dir, name, &fd, e) < 0)
		return err_at(e, "%s", s->path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "%s", s->path);
	*size_bytes = (uint64_t)st.st_size;
	*out = fd_take(&fd);
	return 0;
}
