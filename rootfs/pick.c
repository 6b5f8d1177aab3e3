/*
 * pick - check the document, find the package, then follow the elements of
 * `copy` and `join` in their order.
 */
#include "rootfs/pick.h"

#include "rootfs/form.h"
#include "rootfs/pick_copy.h"
#include "rootfs/pick_join.h"
#include "rootfs/pick_package.h"

static const struct form_key pick_keys[] = {
	{"package", NODE_TEXT, true},
	{"copy", NODE_LIST, false},
	{"skip", NODE_LIST, false},
	{"join", NODE_LIST, false},
	{"licence", NODE_TEXT, false},
	{NULL, NODE_NULL, false},
};

static const struct form_key join_keys[] = {
	{"from", NODE_TEXT, true},
	{"suffix", NODE_TEXT, true},
	{"to", NODE_TEXT, true},
	{NULL, NODE_NULL, false},
};

static int check_pick(const struct node *doc, struct err *e)
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
		r = check_pick(p.doc, e);
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
