/*
 * Picking: `copy` takes files and whole directories under their own paths,
 * `join` writes many files one behind the other into a new one, as
 * update-ca-certificates(8) does.  Modes become 0644 or 0755, owners root.
 *
 * The walk keeps its own stack of directories; nothing is followed, links are
 * taken as links.  Refused are devices, sockets, and paths that lead out.
 */
#include "rootfs/pick.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arc/tar.h"
#include "lib/base/fd.h"
#include "rootfs/form.h"

#define PICK_BYTES      ((size_t)16 << 20) /* names and joined contents */
#define PICK_NAMES_MAX  4096               /* files of one join */
#define PICK_JOIN_BYTES ((size_t)8 << 20)  /* a joined file */

struct pick {
	struct arena arena;
	const struct node *doc;
	const char *root; /* the unpacked package */
	struct str deb;   /* its file name */
	struct tree *to;
};

static const struct form_key pick_keys[] = {
	{"package", NODE_TEXT, true},
	{"copy", NODE_LIST, false},
	{"skip", NODE_LIST, false},
	{"join", NODE_LIST, false},
	{NULL, NODE_NULL, false},
};

static const struct form_key join_keys[] = {
	{"from", NODE_TEXT, true},
	{"suffix", NODE_TEXT, true},
	{"to", NODE_TEXT, true},
	{NULL, NODE_NULL, false},
};

static int no_memory(struct err *e)
{
	return err_kind(
		e, ERR_LIMIT, "more than %zu bytes of names", PICK_BYTES);
}

static int refuse_path(const char *path, struct err *e)
{
	return err_kind(
		e, ERR_INPUT, "path \"%s\" is not absolute and plain", path);
}

/* One text out of up to four, in the arena. */
static char *text_of(struct pick *p, const char *a, const char *b,
	const char *c, const char *d)
{
	char text[TAR_PATH_BYTES];
	struct buf out = buf_fixed(text, sizeof(text));

	buf_fmt(&out, "%s%s%s%s", a, b, c, d);
	return out.full ? NULL : arena_copy(&p->arena, buf_view(&out));
}

/* ---- the package ------------------------------------------------------ */

/* "tzdata_2025b-0_all" for "tzdata". */
static bool is_of_package(const char *name, struct str package)
{
	struct str s = str_of(name);

	return str_has_prefix(s, package) && s.n > package.n &&
	       s.p[package.n] == '_';
}

/* The one directory of the package below dir. */
static int find_package(
	struct pick *p, const char *packages, DIR *dir, struct err *e)
{
	const struct node *package = node_get(p->doc, "package");

	for (struct dirent *d; (d = readdir(dir));) {
		if (!is_of_package(d->d_name, node_text(package)))
			continue;
		if (p->root)
			return form_refuse(package, e,
				"both %.*s and %s.deb are unpacked",
				STR_ARG(p->deb), d->d_name);
		p->root = text_of(p, packages, "/", d->d_name, "");
		p->deb = str_of(text_of(p, d->d_name, ".deb", "", ""));
		if (!p->root || !p->deb.n)
			return no_memory(e);
	}
	if (!p->root)
		return form_refuse(package, e, "no package %.*s in %s",
			STR_ARG(node_text(package)), packages);
	return 0;
}

static int open_package(struct pick *p, const char *packages, struct err *e)
{
	DIR *dir = opendir(packages);
	int r;

	if (!dir)
		return err_sys(e, "%s", packages);
	r = find_package(p, packages, dir, e);
	closedir(dir);
	return r;
}

/* ---- copy ------------------------------------------------------------- */

static bool is_skipped(const struct pick *p, const char *path)
{
	const struct node *skip = node_get(p->doc, "skip");

	for (const struct node *c = node_first(skip); c; c = c->next)
		if (str_is(node_text(c), path))
			return true;
	return false;
}

static int add_link(
	struct pick *p, const char *path, const char *source, struct err *e)
{
	char target[TAR_PATH_BYTES];
	ssize_t n = readlink(source, target, sizeof(target));

	if (n < 0)
		return err_sys(e, "%s", source);
	return tree_add(p->to,
		&(struct tree_entry){.type = TREE_LINK,
			.path = str_of(path),
			.target = {target, (size_t)n},
			.origin = TREE_PINNED,
			.name = p->deb},
		e);
}

static int add_file(struct pick *p, const char *path, const char *source,
	const struct stat *st, struct err *e)
{
	return tree_add(p->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = st->st_mode & 0111 ? 0755 : 0644,
			.path = str_of(path),
			.source = source,
			.origin = TREE_PINNED,
			.name = p->deb},
		e);
}

/* Directories still to be walked, the last one first. */
struct pending {
	const char *path;
	struct pending *next;
};

static int push(
	struct pick *p, struct pending **stack, const char *path, struct err *e)
{
	struct pending *d = arena_alloc(&p->arena, sizeof(*d));

	if (!d || !path)
		return no_memory(e);
	*d = (struct pending){.path = path, .next = *stack};
	*stack = d;
	return 0;
}

/* Add one path, or push it when it is a directory. */
static int copy_one(
	struct pick *p, const char *path, struct pending **stack, struct err *e)
{
	const char *source = text_of(p, p->root, path, "", "");
	struct stat st;

	if (!source)
		return no_memory(e);
	if (is_skipped(p, path))
		return 0;
	if (lstat(source, &st) < 0)
		return err_kind(
			e, ERR_ABSENT, "%.*s has no %s", STR_ARG(p->deb), path);
	if (S_ISDIR(st.st_mode))
		return push(p, stack, path, e);
	if (S_ISLNK(st.st_mode))
		return add_link(p, path, source, e);
	if (S_ISREG(st.st_mode))
		return add_file(p, path, source, &st, e);
	return err_kind(e, ERR_INPUT, "%s is neither file nor link", path);
}

static int copy_entries(struct pick *p, const char *path, DIR *dir,
	struct pending **stack, struct err *e)
{
	for (struct dirent *d; (d = readdir(dir));) {
		const char *below;

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		below = text_of(p, path, "/", d->d_name, "");
		if (!below)
			return no_memory(e);
		if (copy_one(p, below, stack, e) < 0)
			return -1;
	}
	return 0;
}

static int copy_dir(
	struct pick *p, const char *path, struct pending **stack, struct err *e)
{
	const char *source = text_of(p, p->root, path, "", "");
	DIR *dir = source ? opendir(source) : NULL;
	int r;

	if (!dir)
		return err_sys(e, "%s%s", p->root, path);
	r = copy_entries(p, path, dir, stack, e);
	closedir(dir);
	return r;
}

static int copy(struct pick *p, const char *path, struct err *e)
{
	struct pending *stack = NULL;

	if (!tree_is_plain(str_of(path)))
		return refuse_path(path, e);
	if (copy_one(p, path, &stack, e) < 0)
		return -1;
	while (stack) {
		const char *next = stack->path;

		stack = stack->next;
		if (copy_dir(p, next, &stack, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- join ------------------------------------------------------------- */

struct names {
	const char *name[PICK_NAMES_MAX];
	size_t n;
};

static int order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_names(struct pick *p, DIR *dir, struct str suffix,
	struct names *out, struct err *e)
{
	for (struct dirent *d; (d = readdir(dir));) {
		if (!str_has_suffix(str_of(d->d_name), suffix))
			continue;
		if (out->n == PICK_NAMES_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d files",
				PICK_NAMES_MAX);
		out->name[out->n] = text_of(p, d->d_name, "", "", "");
		if (!out->name[out->n++])
			return no_memory(e);
	}
	qsort(out->name, out->n, sizeof(*out->name), order);
	return 0;
}

static int list_names(struct pick *p, const char *from, struct str suffix,
	struct names *out, struct err *e)
{
	const char *source = text_of(p, p->root, from, "", "");
	DIR *dir = source ? opendir(source) : NULL;
	int r;

	if (!dir)
		return err_kind(e, ERR_ABSENT, "%.*s has no directory %s",
			STR_ARG(p->deb), from);
	r = read_names(p, dir, suffix, out, e);
	closedir(dir);
	return r;
}

/* The files one behind the other, each ended by a newline. */
static int join_files(struct pick *p, const char *from,
	const struct names *names, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *file =
			text_of(p, p->root, from, "/", names->name[i]);

		if (!file)
			return no_memory(e);
		if (file_read(file, out, e) < 0)
			return -1;
		if (out->n && out->p[out->n - 1] != '\n')
			buf_byte(out, '\n');
	}
	return 0;
}

static int join(struct pick *p, const struct node *rule, struct err *e)
{
	AUTO_BUF struct buf content = buf_growing(PICK_JOIN_BYTES);
	const char *from = node_text(node_get(rule, "from")).p;
	struct names *names = arena_alloc(&p->arena, sizeof(*names));

	if (!names)
		return no_memory(e);
	if (!tree_is_plain(str_of(from)))
		return refuse_path(from, e);
	if (list_names(p, from, node_text(node_get(rule, "suffix")), names, e) <
			0 ||
		join_files(p, from, names, &content, e) < 0)
		return -1;
	if (!names->n)
		return err_kind(e, ERR_ABSENT, "nothing to join in %s", from);
	return tree_add(p->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = node_text(node_get(rule, "to")),
			.bytes = buf_view(&content),
			.origin = TREE_PINNED,
			.name = p->deb},
		e);
}

/* ---- the document ----------------------------------------------------- */

static int check(const struct node *doc, struct err *e)
{
	const struct node *joins = node_get(doc, "join");

	if (form_check(doc, pick_keys, e) < 0 ||
		form_list(node_get(doc, "copy"), NODE_TEXT, e) < 0 ||
		form_list(node_get(doc, "skip"), NODE_TEXT, e) < 0)
		return -1;
	for (const struct node *c = node_first(joins); c; c = c->next)
		if (form_check(c, join_keys, e) < 0)
			return err_at(e, "join");
	return 0;
}

static int take_all(struct pick *p, struct err *e)
{
	const struct node *c;

	for (c = node_first(node_get(p->doc, "copy")); c; c = c->next)
		if (copy(p, node_text(c).p, e) < 0)
			return err_at(e, "line %u: copy", (unsigned)c->line);
	for (c = node_first(node_get(p->doc, "join")); c; c = c->next)
		if (join(p, c, e) < 0)
			return err_at(e, "line %u: join", (unsigned)c->line);
	return 0;
}

int pick_add(
	const char *file, const char *packages, struct tree *t, struct err *e)
{
	struct pick p = {.arena = arena_make(PICK_BYTES), .to = t};
	int r = form_read(file, &p.arena, &p.doc, e);

	if (r == 0) {
		r = check(p.doc, e);
		if (r == 0)
			r = open_package(&p, packages, e);
		if (r == 0)
			r = take_all(&p, e);
		if (r < 0)
			err_at(e, "%s", file);
	}
	arena_free(&p.arena);
	return r;
}
