/*
 * prove_links - a walk of nftw(3), which hands nothing to its callback: the
 * list being filled is a variable of this file.
 */
#include "sbom/prove/prove_links.h"
#include "lib/base/buf.h"
#include "lib/base/dir.h"
#include "sbom/prove/prove_path.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINKS_OPEN_MAX = 256 };

static struct prove_links *links_filled; /* by the walk that is under way */

static int links_keep(struct prove_links *l, const char *text, struct str *out)
{
	*out = str_of(arena_copy(l->arena, str_of(text)));
	return out->p == NULL ? -1 : 0;
}

static int links_add(struct prove_links *l, const char *path)
{
	struct prove_link *list =
		arena_grow(l->arena, l->list, l->n, &l->room, sizeof(*list));
	char target[PROVE_PATH_BYTES];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	char *real = realpath(path, NULL); /* heap */
	int rc = 0;

	if (n >= 0 && real != NULL) {
		target[n] = '\0';
		if (list == NULL || links_keep(l, path, &list[l->n].path) < 0 ||
			links_keep(l, target, &list[l->n].target) < 0 ||
			links_keep(l, real, &list[l->n].real) < 0)
			rc = -1;
		if (rc == 0) {
			l->list = list;
			l->n++;
		}
	}
	free(real);
	return rc;
}

static int links_see(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_SL ? links_add(links_filled, path) : 0;
}

int prove_links_below(struct prove_links *l, const char *dir, struct err *e)
{
	if (access(dir, F_OK) < 0)
		return 0;
	links_filled = l;
	return nftw(dir, links_see, LINKS_OPEN_MAX, FTW_PHYS) == 0
		       ? 0
		       : err_set(e, "%s: its links cannot be read", dir);
}

static int links_read(
	struct prove_links *l, const char *name, DIR *d, struct err *e)
{
	const struct dirent *entry;
	char path[PROVE_PATH_BYTES];
	int rc;

	while ((rc = dir_next(d, &entry, e)) > 0) {
		struct buf b = buf_fixed(path, sizeof(path));

		buf_fmt(&b, "%s/%s", name, entry->d_name);
		if ((entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) &&
			!b.full && links_add(l, buf_cstr(&b)) < 0)
			return err_kind(e, ERR_LIMIT, "no memory for links");
	}
	return rc < 0 ? err_at(e, "%s", name) : 0;
}

int prove_links_in(struct prove_links *l, const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	int rc;

	if (d == NULL)
		return 0;
	rc = links_read(l, dir, d, e);
	closedir(d);
	return rc;
}

bool prove_link_leads_to(const struct prove_link *l, struct str path)
{
	return str_has_prefix(path, l->real) &&
	       (path.n == l->real.n || path.p[l->real.n] == '/');
}
