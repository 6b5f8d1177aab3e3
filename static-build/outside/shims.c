/*
 * shims - one symbolic link for each name in the directories of PATH that the
 * recorder knows; those of an earlier run are removed first.
 */
#include "static-build/outside/shims.h"

#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "static-build/outside/hook.h"
#include "static-build/record/recorder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int shims_link(
	const struct place *p, const char *dir, const char *name, struct err *e)
{
	const char *path = place_path(p->arena, dir, name, e);

	if (path == NULL)
		return -1;
	if (symlink(p->self, path) < 0 && errno != EEXIST)
		return err_sys(e, "%s", path);
	return 0;
}

static int shims_clear(const struct place *p, struct err *e)
{
	DIR *d = opendir(p->bin);
	const struct dirent *entry;
	int more = 0;

	if (d == NULL)
		return err_sys(e, "%s", p->bin);
	while ((more = dir_next(d, &entry, e)) > 0)
		if (unlinkat(dirfd(d), entry->d_name, 0) < 0) {
			more = err_sys(e, "%s/%s", p->bin, entry->d_name);
			break;
		}
	closedir(d);
	return more;
}

/* A directory of PATH that is not there holds no tools. */
static int shims_link_dir(const struct place *p, const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	int more;

	if (d == NULL)
		return 0;
	while ((more = dir_next(d, &entry, e)) > 0) {
		if (!recorder_knows(entry->d_name) ||
			strcmp(entry->d_name, "sh") == 0 ||
			faccessat(dirfd(d), entry->d_name, X_OK, 0) < 0)
			continue;
		if (shims_link(p, p->bin, entry->d_name, e) < 0) {
			more = -1;
			break;
		}
	}
	closedir(d);
	return more;
}

static int shims_link_path(const struct place *p, struct err *e)
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path != NULL ? path : "/usr/bin:/bin"), dir;

	while (str_cut(&rest, ':', &dir)) {
		const char *copy = arena_copy(p->arena, dir);

		if (copy == NULL)
			return place_no_memory(e);
		if (dir.n > 0 && !str_is(dir, p->bin) &&
			shims_link_dir(p, copy, e) < 0)
			return -1;
	}
	return 0;
}

int shims_make(const struct place *p, struct err *e)
{
	const char *shell = place_path(p->arena, p->dir, "shell", e);

	if (shell == NULL || shims_clear(p, e) < 0 ||
		shims_link_path(p, e) < 0 ||
		shims_link(p, p->bin, "record-sub", e) < 0 ||
		shims_link(p, shell, "sh", e) < 0)
		return -1;
	return hook_write(p, e);
}
