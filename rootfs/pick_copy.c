/*
 * pick_copy - walk a directory with a stack instead of recursion.
 *
 * Nothing is followed: symbolic links are copied as links.  Modes become 0644
 * or 0755, owners root.  Devices and sockets are refused.
 */
#include "rootfs/pick_copy.h"

#include "lib/arc/tar.h"
#include "lib/base/dir.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_skipped(const struct pick *p, const char *path)
{
	const struct node *skip = node_get(p->doc, "skip");

	for (const struct node *c = node_first(skip); c; c = c->next)
		if (str_is(node_text(c), path))
			return true;
	return false;
}

static int copy_link(
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
			.name = p->deb,
			.licence = p->licence},
		e);
}

static int copy_file(struct pick *p, const char *path, const char *source,
	const struct stat *st, struct err *e)
{
	return tree_add(p->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = st->st_mode & 0111 ? 0755 : 0644,
			.path = str_of(path),
			.source = source,
			.origin = TREE_PINNED,
			.name = p->deb,
			.licence = p->licence},
		e);
}

/* A stack of directories still to be walked. */
struct pending {
	const char *path;
	struct pending *next;
};

static int push_dir(
	struct pick *p, struct pending **stack, const char *path, struct err *e)
{
	struct pending *d = arena_alloc(&p->arena, sizeof(*d));

	if (!d || !path)
		return pick_no_memory(e);
	*d = (struct pending){.path = path, .next = *stack};
	*stack = d;
	return 0;
}

/* Add one path, or push it when it is a directory. */
static int copy_one(
	struct pick *p, const char *path, struct pending **stack, struct err *e)
{
	const char *source = pick_text(p, p->root, path, "", "");
	struct stat st;

	if (!source)
		return pick_no_memory(e);
	if (is_skipped(p, path))
		return 0;
	if (lstat(source, &st) < 0)
		return err_kind(
			e, ERR_ABSENT, "%.*s has no %s", STR_ARG(p->deb), path);
	if (S_ISDIR(st.st_mode))
		return push_dir(p, stack, path, e);
	if (S_ISLNK(st.st_mode))
		return copy_link(p, path, source, e);
	if (S_ISREG(st.st_mode))
		return copy_file(p, path, source, &st, e);
	return err_kind(e, ERR_INPUT, "%s is neither a file nor a link", path);
}

static int copy_entries(struct pick *p, const char *path, DIR *dir,
	struct pending **stack, struct err *e)
{
	const struct dirent *d;
	int more;

	while ((more = dir_next(dir, &d, e)) > 0) {
		const char *below = pick_text(p, path, "/", d->d_name, "");

		if (!below)
			return pick_no_memory(e);
		if (copy_one(p, below, stack, e) < 0)
			return -1;
	}
	return more;
}

static int copy_dir(
	struct pick *p, const char *path, struct pending **stack, struct err *e)
{
	const char *source = pick_text(p, p->root, path, "", "");
	DIR *dir = source ? opendir(source) : NULL;
	int r;

	if (!dir)
		return err_sys(e, "%s%s", p->root, path);
	r = copy_entries(p, path, dir, stack, e);
	closedir(dir);
	return r;
}

int pick_copy(struct pick *p, const char *path, struct err *e)
{
	struct pending *stack = NULL;

	if (pick_check_path(path, e) < 0)
		return -1;
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
