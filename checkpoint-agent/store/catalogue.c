/*
 * catalogue - opens each file whose name is an archive's, to read its size,
 * time and owner, and sorts what it found by age.
 */
#include "checkpoint-agent/store/catalogue.h"

#include "checkpoint-agent/store/archive_name.h"
#include "checkpoint-agent/store/owner.h"
#include "lib/base/array.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)

struct catalogue catalogue_of(int dir)
{
	return (struct catalogue){
		.dir = dir, .arena = arena_make(ARENA_BYTES_MAX)};
}

void catalogue_free(struct catalogue *c)
{
	free(c->item);
	arena_free(&c->arena);
}

uint64_t catalogue_changed_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000 +
	       (uint64_t)st->st_mtim.tv_nsec;
}

/* --- one archive --------------------------------------------------- */

/* False: not an archive, or gone. */
static bool read_item(
	struct catalogue *c, const char *file, struct catalogue_item *i)
{
	AUTO_FD int fd = -1;
	struct stat st;
	uint32_t again; /* no measure of age: free names are used again */

	*i = (struct catalogue_item){0};
	if (archive_name_parse_time(str_of(file), &i->time_s, &again) < 0)
		return false;
	fd = openat(
		c->dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	i->bytes = (uint64_t)st.st_size;
	i->made_ns = catalogue_changed_ns(&st);
	i->owner = owner_read(c->dir, file, fd, &c->arena);
	i->file = arena_copy(&c->arena, str_of(file));
	return i->file != NULL;
}

static bool name_fits(struct str want, struct str have)
{
	return want.n == 0 || str_eq(want, have);
}

bool catalogue_matches(
	const struct catalogue_item *i, const struct catalogue_filter *f)
{
	if (i->owner.n == 0)
		return archive_name_is_of(
			str_of(i->file), f->namespace, f->pod, f->container);
	return name_fits(f->namespace, owner_name(i->owner, OWNER_NAMESPACE)) &&
	       name_fits(f->pod, owner_name(i->owner, OWNER_POD)) &&
	       name_fits(f->container, owner_name(i->owner, OWNER_CONTAINER));
}

int catalogue_find(struct catalogue *c, const struct catalogue_filter *f,
	const char *file, struct catalogue_item *i, struct err *e)
{
	if (!strchr(file, '/') && read_item(c, file, i) &&
		catalogue_matches(i, f))
		return 0;
	return err_kind(e, ERR_ABSENT, "no archive %s", file);
}

/* --- all of them --------------------------------------------------- */

static int add_item(
	struct catalogue *c, const struct catalogue_item *i, struct err *e)
{
	const struct array_kind archives = {
		sizeof(*c->item), CATALOGUE_MAX, "archives"};
	void *more = array_grow(c->item, c->n, &c->room, &archives, e);

	if (!more)
		return err_at(e, "directory of archives");
	c->item = more;
	c->item[c->n++] = *i;
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct catalogue_item *x = a, *y = b;

	if (x->time_s != y->time_s)
		return x->time_s < y->time_s ? -1 : 1;
	if (x->made_ns != y->made_ns)
		return x->made_ns < y->made_ns ? -1 : 1;
	return strcmp(x->file, y->file);
}

static int add_entries(struct catalogue *c, DIR *d, struct err *e)
{
	const struct dirent *entry;
	struct catalogue_item i;
	int more;

	while ((more = dir_next(d, &entry, e)) > 0)
		if (read_item(c, entry->d_name, &i) && add_item(c, &i, e) < 0)
			return -1;
	if (c->n)
		qsort(c->item, c->n, sizeof(*c->item), by_age);
	return more;
}

int catalogue_read(struct catalogue *c, struct err *e)
{
	int fd = openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int rc;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "directory of archives");
	}
	rc = add_entries(c, d, e);
	closedir(d);
	return rc;
}
