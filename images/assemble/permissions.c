/*
 * permissions - every entry is looked at, so that the order in which keys put
 * them there does not matter.
 */
#include "images/assemble/permissions.h"

#include "images/assemble/definition.h"
#include "rootfs/form.h"

/* As chmod(1) has it with X: who may read a directory may search it. */
static uint32_t searchable(uint32_t mode)
{
	return mode | ((mode & 0444) >> 2);
}

/* Is the entry ("a/b") the path ("/a"), or below it? */
static bool is_under(struct str entry, struct str path)
{
	struct str top = str_sub(path, 1, path.n);

	return str_has_prefix(entry, top) &&
	       (entry.n == top.n || entry.p[top.n] == '/');
}

static void change(struct tree_entry *x, const struct tree_entry *to,
	const struct node *n, bool is_recursive)
{
	const struct node *mode = node_get(n, "mode");

	if (x->type == TREE_HARD)
		return; /* its file says */
	if (mode && x->type != TREE_LINK)
		x->mode = is_recursive && x->type == TREE_DIR
				  ? searchable(definition_mode(mode, 0))
				  : definition_mode(mode, 0);
	if (node_get(n, "owner")) {
		x->uid = to->uid;
		x->gid = to->gid;
	}
}

int permissions_change(struct tree *t, const struct accounts *accounts,
	const struct node *n, struct err *e)
{
	struct str path = node_text(node_get(n, "path"));
	bool is_recursive = node_truth(node_get(n, "recursive"), false);
	struct tree_entry to = {0};
	size_t changed = 0;

	if (accounts_owner(
		    accounts, node_get(n, "owner"), &to.uid, &to.gid, e) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		struct tree_entry *x = &t->entries[i];

		if (is_under(x->path, path) &&
			(is_recursive || x->path.n + 1 == path.n)) {
			change(x, &to, n, is_recursive);
			changed++;
		}
	}
	if (!changed)
		return form_refuse(n, e,
			"nothing in the definition puts %.*s there",
			STR_ARG(path));
	return 0;
}
