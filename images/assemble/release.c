/*
 * release - an image that has packages of one of Debian's releases in it says
 * so: scanners look for advisories by ID and VERSION_ID of os-release, trivy
 * by debian_version; and for packages in status.d, one file a package, as
 * images that have files of Debian's packages but no dpkg have it.
 *
 * An image without them is of its project's making only.
 */
#include "images/assemble/release.h"

#include "lib/arc/tar.h"
#include "sbom/write/dpkg_status.h"

#include <ctype.h>

enum {
	RELEASE_FILE_BYTES = 4096,
	RELEASE_PATH_BYTES = 320,
	RELEASE_VERSION_BYTES = 64,
};

static const struct str release_maker = {
	"the definition, and the packages that are inside", 48};

static int release_file(struct image_work *w, struct str path,
	const struct buf *text, struct err *e)
{
	if (text->full)
		return err_kind(e, ERR_LIMIT, "%.*s: too long", STR_ARG(path));
	return tree_add(&w->tree,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = path,
			.bytes = buf_view(text),
			.origin = TREE_MADE,
			.name = release_maker},
		e);
}

/* KEY=value, in quotes where os-release(5) wants them. */
static void release_text(struct buf *b, const char *key, struct str value)
{
	bool is_word = true;

	for (size_t i = 0; i < value.n; i++)
		is_word = is_word && isalnum((unsigned char)value.p[i]);
	buf_fmt(b, is_word ? "%s=%.*s\n" : "%s=\"%.*s\"\n", key,
		STR_ARG(value));
}

static int release_os(struct image_work *w, struct err *e)
{
	const struct sbom_project *p = &w->r->project->is;
	const struct items *items = &w->made.items;
	bool is_debian = items->debian.n > 0;
	char text[RELEASE_FILE_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	const struct tree_entry link = {.type = TREE_LINK,
		.path = STR("/etc/os-release"),
		.target = STR("../usr/lib/os-release"),
		.origin = TREE_MADE,
		.name = release_maker};

	release_text(&b, "NAME", p->title);
	buf_fmt(&b, "ID=%.*s\nPRETTY_NAME=\"%.*s %s\"\n",
		STR_ARG(is_debian ? STR("debian") : p->name), STR_ARG(p->title),
		w->r->version);
	if (is_debian)
		buf_fmt(&b, "VERSION_ID=%.*s\nVERSION_CODENAME=%.*s\n",
			STR_ARG(items->debian), STR_ARG(items->release));
	else
		buf_fmt(&b, "VERSION_ID=%s\n", w->r->version);
	buf_fmt(&b, "IMAGE_ID=%.*s\nIMAGE_VERSION=%s\n", STR_ARG(w->d.name),
		w->r->version);
	if (release_file(w, STR("/usr/lib/os-release"), &b, e) < 0)
		return -1;
	return tree_add(&w->tree, &link, e);
}

/* Is there none among the first n entries, which are sorted? */
static bool release_is_free(
	const struct image_work *w, size_t n, struct str path)
{
	return tree_search(&w->tree, n, str_sub(path, 1, path.n)) == NULL;
}

static int release_package(
	struct image_work *w, size_t n, const struct item *x, struct err *e)
{
	char name[RELEASE_PATH_BYTES], text[RELEASE_FILE_BYTES];
	struct buf path = buf_fixed(name, sizeof(name));
	struct buf b = buf_fixed(text, sizeof(text));

	buf_fmt(&path, "/var/lib/dpkg/status.d/%.*s", STR_ARG(x->name));
	if (path.full)
		return err_kind(
			e, ERR_LIMIT, "%.*s: too long", STR_ARG(x->name));
	if (!release_is_free(w, n, buf_view(&path)))
		return 0;
	dpkg_status_write(&w->made.items, x, &b);
	return release_file(w, buf_view(&path), &b, e);
}

int release_add(struct image_work *w, struct err *e)
{
	const struct items *items = &w->made.items;
	const struct str version = STR("/etc/debian_version");
	char text[RELEASE_VERSION_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	size_t n = w->tree.n;

	if (release_os(w, e) < 0)
		return -1;
	if (items->debian.n == 0)
		return 0;
	buf_fmt(&b, "%.*s\n", STR_ARG(items->debian));
	if (release_is_free(w, n, version) &&
		release_file(w, version, &b, e) < 0)
		return -1;
	for (size_t i = 0; i < items->n; i++)
		if (dpkg_status_has(&items->list[i]) &&
			release_package(w, n, &items->list[i], e) < 0)
			return -1;
	return 0;
}
