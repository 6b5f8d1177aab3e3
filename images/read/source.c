/*
 * source - one interface to layouts in directories and in tars.
 *
 * The tar reader is fed one block at a time: when it reports an entry, the
 * bytes fed so far end where the entry's content begins.  Of two files of one
 * name readers take the first or the last, and links some follow: both are
 * refused.
 */
#include "images/read/source.h"

#include "lib/arc/tar_read.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

	if (t->type == TAR_DIR)
		return 0;
	if (t->type != TAR_FILE)
		return err_kind(e, ERR_INPUT, "%.*s is not a regular file",
			STR_ARG(t->path));
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

static int order_names(const void *a, const void *b)
{
	const struct source_file *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static int sort_files(struct source *s, struct err *e)
{
	qsort(s->files, s->n, sizeof(*s->files), order_names);
	for (size_t i = 1; i < s->n; i++)
		if (str_eq(s->files[i - 1].name, s->files[i].name))
			return err_kind(e, ERR_INPUT, "%.*s occurs twice",
				STR_ARG(s->files[i].name));
	return 0;
}

static const struct source_file *find_file(
	const struct source *s, const char *name)
{
	const struct source_file wanted = {.name = str_of(name)};

	return bsearch(&wanted, s->files, s->n, sizeof(*s->files), order_names);
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
	if (done < 0 || sort_files(s, e) < 0)
		return err_at(e, "%s", s->path);
	return 0;
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
	const struct source_file *f = find_file(s, name);
	AUTO_FD int fd = -1;

	if (!f)
		return err_kind(
			e, ERR_INPUT, "%s: it has no %s", s->path, name);
	if (regular_open(s->path, &fd, e) < 0)
		return -1;
	if (lseek(fd, (off_t)f->at, SEEK_SET) < 0)
		return err_sys(e, "%s", s->path);
	*size_bytes = f->size_bytes;
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

bool source_has(const struct source *s, const char *name)
{
	AUTO_FD int dir = -1;
	struct stat st;

	if (s->is_tar)
		return find_file(s, name);
	dir = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}
