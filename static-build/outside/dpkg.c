/*
 * dpkg - info/PACKAGE.list has the paths of a package, one a line; status has
 * its version (dpkg-query(1) reads the same files).
 *
 * Since /usr was merged, packages still list some files below /lib or /bin:
 * both names are looked for.
 */
#include "static-build/outside/dpkg.h"

#include "lib/base/buf.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <limits.h>
#include <unistd.h>

enum { DPKG_TEXT_MAX = 256 << 20, DPKG_NAME_MAX = 512 };

struct dpkg {
	struct arena *arena;
	struct dpkg_file *files;
	struct table by_path;  /* path, and without /usr -> files */
	struct table by_owner; /* "zlib1g" or "zlib1g:amd64" -> files */
};

static int dpkg_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the packages");
}

static int dpkg_index(struct dpkg *d, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct str path = d->files[i].path;

		if (table_add(&d->by_path, path, (uint32_t)i) < 0)
			return dpkg_no_memory(e);
		if (str_has_prefix(path, STR("/usr/")) &&
			table_add(&d->by_path, str_sub(path, 4, path.n),
				(uint32_t)i) < 0)
			return dpkg_no_memory(e);
	}
	return 0;
}

/* ---- owners ---- */

static int dpkg_own(
	struct dpkg *d, uint32_t file, struct str owner, struct err *e)
{
	if (d->files[file].package.n > 0)
		return 0;
	d->files[file].package = str_sub(owner, 0, str_find(owner, ':'));
	return table_add(&d->by_owner, owner, file) < 0 ? dpkg_no_memory(e) : 0;
}

static int dpkg_read_list(struct dpkg *d, const char *path, struct str owner,
	struct buf *text, struct err *e)
{
	struct str rest, line;

	buf_reset(text);
	if (file_read(path, text, e) < 0)
		return -1;
	rest = buf_view(text);
	while (str_cut(&rest, '\n', &line)) {
		const struct table_entry *t = table_find(&d->by_path, line);

		for (; t != NULL; t = table_next(&d->by_path, t))
			if (dpkg_own(d, t->value, owner, e) < 0)
				return -1;
	}
	return 0;
}

static int dpkg_read_lists(
	struct dpkg *d, const char *info, struct buf *text, struct err *e)
{
	DIR *dir = opendir(info);
	const struct dirent *entry;
	int more;

	if (dir == NULL)
		return err_sys(e, "%s", info);
	while ((more = dir_next(dir, &entry, e)) > 0) {
		struct str name = str_of(entry->d_name), owner;
		const char *path;

		if (!str_has_suffix(name, STR(".list")))
			continue;
		owner.n = name.n - 5;
		owner.p = arena_copy(d->arena, str_sub(name, 0, owner.n));
		path = place_path(d->arena, info, entry->d_name, e);
		if (owner.p == NULL || path == NULL ||
			dpkg_read_list(d, path, owner, text, e) < 0) {
			more = -1;
			break;
		}
	}
	closedir(dir);
	return more;
}

/* ---- versions ---- */

struct dpkg_paragraph {
	struct str package, version, arch, source;
};

static bool dpkg_field(struct str line, struct str name, struct str *out)
{
	if (!str_has_prefix(line, name))
		return false;
	*out = str_trim(str_sub(line, name.n, line.n));
	return true;
}

static void dpkg_fill_in(
	struct dpkg *d, const struct dpkg_paragraph *p, struct str owner)
{
	const struct table_entry *t = table_find(&d->by_owner, owner);

	for (; t != NULL; t = table_next(&d->by_owner, t)) {
		struct dpkg_file *f = &d->files[t->value];

		f->version = p->version;
		f->arch = p->arch;
		f->source = p->source.n > 0 ? p->source : p->package;
	}
}

/* A list is named "zlib1g:amd64" or "zlib1g", by whether it is Multi-Arch. */
static void dpkg_paragraph(struct dpkg *d, const struct dpkg_paragraph *p)
{
	char memory[DPKG_NAME_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	if (p->package.n == 0 || p->version.n == 0)
		return;
	dpkg_fill_in(d, p, p->package);
	buf_fmt(&b, "%.*s:%.*s", STR_ARG(p->package), STR_ARG(p->arch));
	dpkg_fill_in(d, p, buf_view(&b));
}

static int dpkg_read_status(
	struct dpkg *d, const char *path, struct buf *text, struct err *e)
{
	struct dpkg_paragraph p = {0};
	struct str rest, line;

	buf_reset(text);
	if (file_read(path, text, e) < 0)
		return -1;
	rest = (struct str){arena_copy(d->arena, buf_view(text)), text->n};
	if (rest.p == NULL)
		return dpkg_no_memory(e);
	while (str_cut(&rest, '\n', &line)) {
		if (line.n == 0) {
			dpkg_paragraph(d, &p);
			p = (struct dpkg_paragraph){0};
			continue;
		}
		if (!dpkg_field(line, STR("Package:"), &p.package) &&
			!dpkg_field(line, STR("Version:"), &p.version) &&
			!dpkg_field(line, STR("Source:"), &p.source))
			dpkg_field(line, STR("Architecture:"), &p.arch);
	}
	dpkg_paragraph(d, &p);
	return 0;
}

int dpkg_find(const char *dir, struct dpkg_file *files, size_t n,
	struct arena *a, struct err *e)
{
	struct dpkg d = {
		.arena = a,
		.files = files,
		.by_path = table_make(a),
		.by_owner = table_make(a),
	};
	AUTO_BUF struct buf text = buf_growing(DPKG_TEXT_MAX);
	const char *info = place_path(a, dir, "info", e);
	const char *status = place_path(a, dir, "status", e);

	if (info == NULL || status == NULL)
		return -1;
	if (access(status, F_OK) < 0)
		return 0;
	if (dpkg_index(&d, n, e) < 0 || dpkg_read_lists(&d, info, &text, e) < 0)
		return -1;
	return dpkg_read_status(&d, status, &text, e);
}
