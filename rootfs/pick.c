/*
 * pick - check the document, find the package, then follow the elements of
 * `copy` and `join` in their order.
 */
#include "rootfs/pick.h"

#include "rootfs/form.h"
#include "rootfs/pick_copy.h"
#include "rootfs/pick_join.h"
#include "rootfs/pick_package.h"

static const struct form_key join_keys[] = {
	{.name = "from", .type = NODE_TEXT, .is_needed = true},
	{.name = "suffix", .type = NODE_TEXT, .is_needed = true},
	{.name = "to", .type = NODE_TEXT, .is_needed = true},
	{.name = NULL},
};

static const struct form_key pick_keys[] = {
	{.name = "package", .type = NODE_TEXT, .is_needed = true},
	{.name = "copy", .type = NODE_LIST},
	{.name = "skip", .type = NODE_LIST},
	{.name = "join", .type = NODE_LIST, .keys = join_keys},
	{.name = "licence", .type = NODE_TEXT},
	{.name = NULL},
};

static int take_all(struct pick *p, struct err *e)
{
	const struct node *c;

	p->licence = node_text(node_get(p->doc, "licence"));
	for (c = node_first(node_get(p->doc, "copy")); c; c = c->next)
		if (pick_copy(p, node_text(c).p, e) < 0)
			return err_at(e, "line %u: copy", (unsigned)c->line);
	for (c = node_first(node_get(p->doc, "join")); c; c = c->next)
		if (pick_join(p, c, e) < 0)
			return err_at(e, "line %u: join", (unsigned)c->line);
	return 0;
}

int pick_add(
	const char *file, const char *packages, struct tree *t, struct err *e)
{
	struct pick p = {.arena = arena_make(PICK_BYTES), .to = t};
	int r = form_read(file, &p.arena, &p.doc, e);

	if (r == 0) {
		r = form_check(p.doc, pick_keys, e);
		if (r == 0)
			r = pick_open_package(&p, packages, e);
		if (r == 0)
			r = take_all(&p, e);
		if (r < 0)
			err_at(e, "%s", file);
	}
	arena_free(&p.arena);
	return r;
}
