/*
 * resolved - a file that is no link lies in the real path of its directory,
 * under its own name.  Directories are kept in a table, a slot for each hash.
 */
#include "static-build/record/resolved.h"

#include "lib/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESOLVED_SLOTS = 32 };

struct resolved_dir {
	char path[PATH_MAX]; /* "": an empty slot */
	char real[PATH_MAX];
};

static struct resolved_dir resolved_dirs[RESOLVED_SLOTS];

void resolved_forget(void)
{
	for (size_t i = 0; i < RESOLVED_SLOTS; i++)
		if (resolved_dirs[i].path[0] != '\0')
			resolved_dirs[i].path[0] = '\0';
}

static struct resolved_dir *resolved_slot(struct str dir)
{
	unsigned h = 2166136261;

	for (size_t i = 0; i < dir.n; i++)
		h = (h ^ (unsigned char)dir.p[i]) * 16777619;
	return &resolved_dirs[h % RESOLVED_SLOTS];
}

/* The real path of a directory; NULL when there is none. */
static const char *resolved_dir(struct str dir)
{
	struct resolved_dir *d = resolved_slot(dir);

	if (str_is(dir, d->path))
		return d->real;
	snprintf(d->path, sizeof(d->path), "%.*s", STR_ARG(dir));
	if (realpath(d->path, d->real) != NULL)
		return d->real;
	d->path[0] = '\0';
	return NULL;
}

/* Does its real path end in its name? */
static bool resolved_is_plain(struct str name, const struct stat *st)
{
	return !S_ISLNK(st->st_mode) && name.n > 0 && !str_is(name, ".") &&
	       !str_is(name, "..");
}

bool resolved_path(const char *path, struct stat *st, char out[PATH_MAX])
{
	struct str all = str_of(path), name = str_base_name(all);
	struct str dir = {path, all.n - name.n};
	const char *real = NULL;

	if (lstat(path, st) == 0 && resolved_is_plain(name, st) &&
		dir.n < PATH_MAX)
		real = resolved_dir(dir.n > 0 ? dir : STR("."));
	if (real != NULL) {
		int n = snprintf(out, PATH_MAX, "%s/%.*s",
			strcmp(real, "/") == 0 ? "" : real, STR_ARG(name));

		if (n > 0 && n < PATH_MAX)
			return true;
	}
	if (realpath(path, out) != NULL && stat(out, st) == 0)
		return true;
	snprintf(out, PATH_MAX, "%s", path);
	return false;
}
