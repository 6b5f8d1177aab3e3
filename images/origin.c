/*
 * Directories and archives by one call.  The reader of an archive is given one
 * block at a time: when it tells of an entry, what has been given to it ends
 * where the content begins.
 *
 * Refused: what the reader refuses (tar_read.h), more than ORIGIN_FILES_MAX
 * files, and anything that is neither directory nor file.  Of two files of one
 * name the first counts; a blob is held against its digest in any case.
 */
#include "images/origin.h"

#include "images/layout.h"
#include "lib/arc/tar_read.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct origin_file {
	struct str name; /* in the arena */
	uint64_t at, size_bytes;
};

struct walk {
	struct origin *origin;
	struct arena *arena;
	uint64_t at; /* what the reader was given */
};

static int take_entry(void *self, const struct tar_entry *t, struct err *e)
{
	struct walk *w = self;
	struct origin *o = w->origin;
	struct origin_file f = {t->path, w->at, t->size};

	if (t->type != TAR_FILE)
		return 0;
	if (o->n == ORIGIN_FILES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", ORIGIN_FILES_MAX);
	f.name.p = arena_copy(w->arena, t->path);
	if (!f.name.p)
		return err_kind(e, ERR_LIMIT, "out of memory");
	o->files[o->n++] = f;
	return 0;
}

static int walk_archive(struct walk *w, FILE *f, struct err *e)
{
	const struct tar_told told = {.entry = take_entry, .self = w};
	AUTO_TAR_READER struct tar_reader *reader = tar_read_open(&told, e);
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

static int open_archive(struct origin *o, struct arena *a, struct err *e)
{
	struct walk w = {.origin = o, .arena = a};
	FILE *f = fopen(o->path, "re");
	int done;

	if (!f)
		return err_sys(e, "open");
	o->is_archive = true;
	o->files = arena_alloc(a, ORIGIN_FILES_MAX * sizeof(*o->files));
	done = o->files ? walk_archive(&w, f, e)
			: err_kind(e, ERR_LIMIT, "out of memory");
	fclose(f);
	return done;
}

int origin_open(
	const char *path, struct arena *a, struct origin *o, struct err *e)
{
	struct stat st;

	*o = (struct origin){.path = path};
	if (stat(path, &st) < 0)
		return err_sys(e, "%s", path);
	if (S_ISDIR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_kind(e, ERR_INPUT,
			"%s: neither a layout's directory nor an archive",
			path);
	if (open_archive(o, a, e) < 0)
		return err_at(e, "%s", path);
	return 0;
}

static int file_of_archive(const struct origin *o, const char *name, int *out,
	uint64_t *size_bytes, struct err *e)
{
	AUTO_FD int fd = open(o->path, O_RDONLY | O_CLOEXEC);
	size_t i = 0;

	while (i < o->n && !str_is(o->files[i].name, name))
		i++;
	if (i == o->n)
		return err_kind(e, ERR_INPUT, "%s: no %s in it", o->path, name);
	if (fd < 0 || lseek(fd, (off_t)o->files[i].at, SEEK_SET) < 0)
		return err_sys(e, "%s", o->path);
	*size_bytes = o->files[i].size_bytes;
	*out = fd_take(&fd);
	return 0;
}

int origin_file(const struct origin *o, const char *name, int *out,
	uint64_t *size_bytes, struct err *e)
{
	char path[LAYOUT_PATH_BYTES];
	int n = snprintf(path, sizeof(path), "%s/%s", o->path, name);
	struct stat st;
	AUTO_FD int fd = -1;

	if (o->is_archive)
		return file_of_archive(o, name, out, size_bytes, e);
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_kind(e, ERR_LIMIT, "%s: path too long", o->path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "%s", path);
	*size_bytes = (uint64_t)st.st_size;
	*out = fd_take(&fd);
	return 0;
}
