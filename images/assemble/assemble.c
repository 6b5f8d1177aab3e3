/*
 * assemble - one function for each list of the definition adds what it asks
 * for to the tree.
 *
 * Refused: programs that were not built, skeleton files that are missing, and
 * whatever the tree refuses (tree_add); each error carries the line of the
 * definition that asked for it.
 */
#include "images/assemble/assemble.h"

#include "lib/arc/tar.h"
#include "rootfs/form.h"
#include "rootfs/pick.h"

#include <string.h>
#include <unistd.h>

#define OS_RELEASE_BYTES 1024

struct assembly {
	const struct definition *d;
	const struct assemble_places *at;
	struct tree *to;
};

/* DIR/NAME[SUFFIX] into out. */
static int join_path(char out[TAR_PATH_BYTES], const char *dir, struct str name,
	const char *suffix, struct err *e)
{
	struct buf b = buf_fixed(out, TAR_PATH_BYTES);

	buf_fmt(&b, "%s/%.*s%s", dir, STR_ARG(name), suffix);
	buf_byte(&b, '\0');
	if (b.full)
		return err_kind(e, ERR_LIMIT, "path too long: %s/%.*s%s", dir,
			STR_ARG(name), suffix);
	return 0;
}

static int add_skel(
	const struct assembly *w, const struct node *n, struct err *e)
{
	struct str path = node_text(n);
	char source[TAR_PATH_BYTES];

	if (!str_has_prefix(path, STR("/")))
		return err_kind(
			e, ERR_INPUT, "%.*s is not absolute", STR_ARG(path));
	if (join_path(source, w->at->skel, str_sub(path, 1, path.n), "", e) < 0)
		return -1;
	return tree_add(w->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = path,
			.source = source,
			.origin = TREE_SKELETON,
			.name = str_of(source)},
		e);
}

static int add_pick(
	const struct assembly *w, const struct node *n, struct err *e)
{
	char file[TAR_PATH_BYTES];

	if (join_path(file, w->at->picks, node_text(n), ".yaml", e) < 0)
		return -1;
	return pick_add(file, w->at->packages, w->to, e);
}

static int add_program(
	const struct assembly *w, const struct node *n, struct err *e)
{
	struct str name = node_text(node_get(n, "name"));
	char source[TAR_PATH_BYTES];

	if (join_path(source, w->at->programs, name, "", e) < 0)
		return -1;
	if (access(source, R_OK) < 0)
		return err_kind(e, ERR_ABSENT, "%.*s: not built (no %s)",
			STR_ARG(name), source);
	return tree_add(w->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0755,
			.path = node_text(node_get(n, "to")),
			.source = source,
			.origin = TREE_PROGRAM,
			.name = name},
		e);
}

static int add_link(
	const struct assembly *w, const struct node *n, struct err *e)
{
	return tree_add(w->to,
		&(struct tree_entry){.type = TREE_LINK,
			.path = node_text(node_get(n, "path")),
			.target = node_text(node_get(n, "to")),
			.origin = TREE_MADE,
			.name = str_of(w->d->file)},
		e);
}

static int add_directory(
	const struct assembly *w, const struct node *n, struct err *e)
{
	struct tree_entry x = {.type = TREE_DIR,
		.path = node_text(node_get(n, "path")),
		.origin = TREE_MADE,
		.name = str_of(w->d->file)};

	if (definition_mode(node_get(n, "mode"), 0755, &x.mode, e) < 0 ||
		definition_owner(node_get(n, "owner"), &x.uid, &x.gid, e) < 0)
		return -1;
	return tree_add(w->to, &x, e);
}

/* os-release(5) tells programs and people which image this is. */
static int add_os_release(
	const struct assembly *w, const char *version, struct err *e)
{
	char text[OS_RELEASE_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));
	struct tree_entry file = {.type = TREE_FILE,
		.mode = 0644,
		.path = STR("/usr/lib/os-release"),
		.origin = TREE_MADE,
		.name = str_of(w->d->file)};
	const struct tree_entry link = {.type = TREE_LINK,
		.path = STR("/etc/os-release"),
		.target = STR("../usr/lib/os-release"),
		.origin = TREE_MADE,
		.name = str_of(w->d->file)};

	buf_fmt(&b,
		"NAME=Keelson\nID=keelson\nPRETTY_NAME=\"Keelson %s\"\n"
		"VERSION_ID=%s\nIMAGE_ID=%.*s\nIMAGE_VERSION=%s\n",
		version, version, STR_ARG(w->d->name), version);
	if (b.full)
		return err_kind(e, ERR_LIMIT, "os-release: too long");
	file.bytes = buf_view(&b);
	if (tree_add(w->to, &file, e) < 0)
		return -1;
	return tree_add(w->to, &link, e);
}

static int add_each(const struct assembly *w, const struct node *list,
	int (*add)(const struct assembly *, const struct node *, struct err *),
	struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next) {
		if (add(w, c, e) == 0)
			continue;
		err_at(e, "%.*s", STR_ARG(list->key));
		return err_at(e, "%s: line %u", w->d->file, (unsigned)c->line);
	}
	return 0;
}

int assemble(const struct definition *d, const struct assemble_places *at,
	const char *version, struct tree *t, struct err *e)
{
	const struct assembly w = {.d = d, .at = at, .to = t};

	if (add_os_release(&w, version, e) < 0 ||
		add_each(&w, d->skel, add_skel, e) < 0 ||
		add_each(&w, d->pick, add_pick, e) < 0 ||
		add_each(&w, d->programs, add_program, e) < 0 ||
		add_each(&w, d->links, add_link, e) < 0 ||
		add_each(&w, d->directories, add_directory, e) < 0)
		return -1;
	return 0;
}
