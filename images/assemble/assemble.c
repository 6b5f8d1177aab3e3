/*
 * assemble - one function for each list of the definition adds what it asks
 * for to the tree.
 *
 * Refused: programs that were not built, skeleton files that are missing, and
 * whatever the tree refuses (tree_add); each error carries the line of the
 * definition that asked for it.
 */
#include "images/assemble/assemble.h"

#include "images/assemble/permissions.h"
#include "lib/arc/tar.h"
#include "rootfs/capability.h"
#include "rootfs/form.h"
#include "rootfs/pick.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ATTRIBUTES_MAX 16 /* of one entry */

struct assembly {
	const struct definition *d;
	const struct project_paths *at;
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

/* Attributes of an entry being added, in memory of the caller. */
struct attributes {
	struct tar_xattr list[ATTRIBUTES_MAX];
	size_t n;
	unsigned char capability[CAPABILITY_BYTES];
};

static void read_capabilities(const struct node *list, struct attributes *x)
{
	uint64_t set = 0;

	for (const struct node *c = node_first(list); c; c = c->next)
		set |= UINT64_C(1) << capability_number(node_text(c));
	if (!set)
		return;
	capability_encode(set, x->capability);
	x->list[x->n++] = (struct tar_xattr){STR(CAPABILITY_XATTR),
		{(const char *)x->capability, CAPABILITY_BYTES}};
}

static int order_xattrs(const void *a, const void *b)
{
	const struct tar_xattr *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* Of a map with `capabilities` and `xattrs`, by name. */
static int read_attributes(
	const struct node *n, struct attributes *x, struct err *e)
{
	const struct node *map = node_get(n, "xattrs");

	read_capabilities(node_get(n, "capabilities"), x);
	for (const struct node *c = node_first(map); c; c = c->next) {
		if (x->n == ATTRIBUTES_MAX)
			return form_refuse(map, e, "more than %d attributes",
				ATTRIBUTES_MAX);
		x->list[x->n++] = (struct tar_xattr){c->key, node_text(c)};
	}
	qsort(x->list, x->n, sizeof(*x->list), order_xattrs);
	return 0;
}

/* Mode, owner, licence and attributes, then the tree. */
static int add_entry(const struct assembly *w, const struct node *n,
	struct tree_entry *x, struct err *e)
{
	struct attributes attributes = {.n = 0};

	x->mode = definition_mode(node_get(n, "mode"), x->mode);
	x->licence = node_text(node_get(n, "licence"));
	if (accounts_owner(&w->d->accounts, node_get(n, "owner"), &x->uid,
		    &x->gid, e) < 0 ||
		read_attributes(n, &attributes, e) < 0)
		return -1;
	x->xattrs = attributes.list;
	x->n_xattrs = attributes.n;
	return tree_add(w->to, x, e);
}

static int add_program(
	const struct assembly *w, const struct node *n, struct err *e)
{
	struct str name = node_text(node_get(n, "name"));
	const struct node *from = node_get(n, "from");
	char source[TAR_PATH_BYTES];
	struct tree_entry x = {.type = TREE_FILE,
		.mode = 0755,
		.path = node_text(node_get(n, "to")),
		.source = source,
		.origin =
			node_get(n, "evidence") ? TREE_UNTRACED : TREE_PROGRAM,
		.name = name};

	if (from ? join_path(source, ".", node_text(from), "", e) < 0
		 : join_path(source, w->at->programs, name, "", e) < 0)
		return -1;
	if (access(source, R_OK) < 0)
		return err_kind(e, ERR_ABSENT, "%.*s: not built (no %s)",
			STR_ARG(name), source);
	return add_entry(w, n, &x, e);
}

/* With the content that it states, or that of a file of the project. */
static int add_file(
	const struct assembly *w, const struct node *n, struct err *e)
{
	const struct node *source = node_get(n, "source");
	struct tree_entry x = {.type = TREE_FILE,
		.mode = 0644,
		.path = node_text(node_get(n, "path")),
		.bytes = node_text(node_get(n, "content")),
		.origin = TREE_MADE,
		.name = str_of(w->d->file)};

	if (source) {
		x.source = node_text(source).p;
		x.origin = TREE_SKELETON;
		x.name = node_text(source);
	}
	if (source && access(x.source, R_OK) < 0)
		return err_sys(e, "%s", x.source);
	return add_entry(w, n, &x, e);
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

static int add_hard_link(
	const struct assembly *w, const struct node *n, struct err *e)
{
	return tree_add(w->to,
		&(struct tree_entry){.type = TREE_HARD,
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
		.mode = 0755,
		.path = node_text(node_get(n, "path")),
		.origin = TREE_MADE,
		.name = str_of(w->d->file)};

	return add_entry(w, n, &x, e);
}

/* ---- files that no key names ----------------------------------------------
 */

static int add_made(const struct assembly *w, const char *path,
	const struct buf *text, struct err *e)
{
	if (text->full)
		return err_kind(e, ERR_LIMIT, "%s: too long", path);
	return tree_add(w->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = str_of(path),
			.bytes = buf_view(text),
			.origin = TREE_MADE,
			.name = str_of(w->d->file)},
		e);
}

static int change_permission(
	const struct assembly *w, const struct node *n, struct err *e)
{
	return permissions_change(w->to, &w->d->accounts, n, e);
}

static int add_accounts(const struct assembly *w, struct err *e)
{
	AUTO_BUF struct buf passwd = buf_growing(ACCOUNTS_TEXT_BYTES);
	AUTO_BUF struct buf group = buf_growing(ACCOUNTS_TEXT_BYTES);

	if (!w->d->accounts.is_given)
		return 0;
	accounts_passwd(&w->d->accounts, &passwd);
	accounts_group(&w->d->accounts, &group);
	if (add_made(w, "/etc/passwd", &passwd, e) < 0)
		return -1;
	return add_made(w, "/etc/group", &group, e);
}

static int add_each(const struct assembly *w, const struct node *list,
	int (*add)(const struct assembly *, const struct node *, struct err *),
	struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next) {
		if (add(w, c, e) == 0)
			continue;
		err_at(e, "%.*s", STR_ARG(list->key));
		return definition_at(w->d, c, e);
	}
	return 0;
}

int assemble(const struct definition *d, const struct project *project,
	struct tree *t, struct err *e)
{
	const struct assembly w = {.d = d, .at = &project->at, .to = t};

	if (add_each(&w, d->skel, add_skel, e) < 0 ||
		add_each(&w, d->pick, add_pick, e) < 0 ||
		add_accounts(&w, e) < 0 ||
		add_each(&w, d->programs, add_program, e) < 0 ||
		add_each(&w, d->files, add_file, e) < 0 ||
		add_each(&w, d->links, add_link, e) < 0 ||
		add_each(&w, d->hard_links, add_hard_link, e) < 0 ||
		add_each(&w, d->directories, add_directory, e) < 0 ||
		add_each(&w, d->permissions, change_permission, e) < 0)
		return -1;
	return 0;
}
