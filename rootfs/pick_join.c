/*
 * pick_join - read the directory, sort the names, concatenate the files, so
 * that equal packages give equal bytes.
 */
#include "rootfs/pick_join.h"

#include "lib/base/dir.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define PICK_NAMES_MAX  4096 /* files of one join */
#define PICK_HOW_BYTES  1024
#define PICK_JOIN_BYTES ((size_t)8 << 20) /* a joined file */

struct join_names {
	const char *name[PICK_NAMES_MAX];
	size_t n;
};

static int order_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_directory(struct pick *p, DIR *dir, struct str suffix,
	struct join_names *out, struct err *e)
{
	const struct dirent *d;
	int more;

	while ((more = dir_next(dir, &d, e)) > 0) {
		if (!str_has_suffix(str_of(d->d_name), suffix))
			continue;
		if (out->n == PICK_NAMES_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d files",
				PICK_NAMES_MAX);
		out->name[out->n] = pick_text(p, d->d_name, "", "", "");
		if (!out->name[out->n++])
			return pick_no_memory(e);
	}
	qsort(out->name, out->n, sizeof(*out->name), order_names);
	return more;
}

static int list_directory(struct pick *p, const char *from, struct str suffix,
	struct join_names *out, struct err *e)
{
	const char *source = pick_text(p, p->root, from, "", "");
	DIR *dir = source ? opendir(source) : NULL;
	int r;

	if (!dir)
		return err_kind(e, ERR_ABSENT, "%.*s has no directory %s",
			STR_ARG(p->deb), from);
	r = read_directory(p, dir, suffix, out, e);
	closedir(dir);
	return r;
}

/* Concatenate the files, each ended by a newline. */
static int join_files(struct pick *p, const char *from,
	const struct join_names *names, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < names->n; i++) {
		const char *file =
			pick_text(p, p->root, from, "/", names->name[i]);

		if (!file)
			return pick_no_memory(e);
		if (file_read(file, out, e) < 0)
			return -1;
		if (out->n && out->p[out->n - 1] != '\n')
			buf_byte(out, '\n');
	}
	return 0;
}

int pick_join(struct pick *p, const struct node *rule, struct err *e)
{
	AUTO_BUF struct buf content = buf_growing(PICK_JOIN_BYTES);
	AUTO_BUF struct buf how = buf_growing(PICK_HOW_BYTES);
	const char *from = node_text(node_get(rule, "from")).p;
	struct join_names *names = arena_alloc(&p->arena, sizeof(*names));

	if (!names)
		return pick_no_memory(e);
	if (pick_check_path(from, e) < 0)
		return -1;
	if (list_directory(p, from, node_text(node_get(rule, "suffix")), names,
		    e) < 0 ||
		join_files(p, from, names, &content, e) < 0)
		return -1;
	if (!names->n)
		return err_kind(e, ERR_ABSENT, "nothing to join in %s", from);
	buf_fmt(&how, "joined from %zu files of %s", names->n, from);
	return tree_add(p->to,
		&(struct tree_entry){.type = TREE_FILE,
			.mode = 0644,
			.path = node_text(node_get(rule, "to")),
			.bytes = buf_view(&content),
			.origin = TREE_PINNED,
			.name = p->deb,
			.licence = p->licence,
			.how = buf_view(&how)},
		e);
}
