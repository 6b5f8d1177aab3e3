/*
 * pick_package - search the directory of unpacked packages for the one whose
 * name begins with that of the package and "_".
 */
#include "rootfs/pick_package.h"

#include "lib/arc/tar.h"
#include "lib/base/dir.h"
#include "rootfs/form.h"

#include <dirent.h>

int pick_no_memory(struct err *e)
{
	return err_kind(
		e, ERR_LIMIT, "more than %zu bytes of names", PICK_BYTES);
}

int pick_check_path(const char *path, struct err *e)
{
	if (tree_is_plain(str_of(path)))
		return 0;
	return err_kind(
		e, ERR_INPUT, "path \"%s\" is not absolute and plain", path);
}

char *pick_text(struct pick *p, const char *a, const char *b, const char *c,
	const char *d)
{
	char text[TAR_PATH_BYTES];
	struct buf out = buf_fixed(text, sizeof(text));

	buf_fmt(&out, "%s%s%s%s", a, b, c, d);
	return out.full ? NULL : arena_copy(&p->arena, buf_view(&out));
}

/* "tzdata_2025b-0_all" for "tzdata". */
static bool is_of_package(const char *name, struct str package)
{
	struct str s = str_of(name);

	return str_has_prefix(s, package) && s.n > package.n &&
	       s.p[package.n] == '_';
}

/* Find the one directory of the package. */
static int find_package(
	struct pick *p, const char *packages, DIR *dir, struct err *e)
{
	const struct node *package = node_get(p->doc, "package");
	const struct dirent *d;
	int more;

	while ((more = dir_next(dir, &d, e)) > 0) {
		if (!is_of_package(d->d_name, node_text(package)))
			continue;
		if (p->root)
			return form_refuse(package, e,
				"both %.*s and %s.deb are unpacked",
				STR_ARG(p->deb), d->d_name);
		p->root = pick_text(p, packages, "/", d->d_name, "");
		p->deb = str_of(pick_text(p, d->d_name, ".deb", "", ""));
		if (!p->root || !p->deb.n)
			return pick_no_memory(e);
	}
	if (more == 0 && !p->root)
		return form_refuse(package, e, "no package %.*s in %s",
			STR_ARG(node_text(package)), packages);
	return more;
}

int pick_open_package(struct pick *p, const char *packages, struct err *e)
{
	DIR *dir = opendir(packages);
	int r;

	if (!dir)
		return err_sys(e, "%s", packages);
	r = find_package(p, packages, dir, e);
	closedir(dir);
	return r;
}
