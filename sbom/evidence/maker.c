/*
 * maker - read all events that wrote these bytes, keep the one most alike to
 * what is wanted.  Nearly always there is just one.
 */
#include "sbom/evidence/maker.h"

/* The best event so far. */
struct maker_best {
	struct maker maker;
	struct str path; /* of the output with these bytes */
	int likeness;
};

static int maker_likeness(
	const struct maker_wish *wish, struct str path, uint32_t room)
{
	return 4 * str_eq(path, wish->path) +
	       2 * ((int64_t)room == wish->room) +
	       str_eq(str_base_name(path), str_base_name(wish->path));
}

/* Compare one output of an event; true when it is the best so far. */
static bool maker_consider(const struct maker_wish *wish, uint32_t room,
	const struct node *output, struct maker_best *best)
{
	struct evidence_made made = evidence_made(output);
	int likeness = maker_likeness(wish, made.path, room);

	if (!str_eq(made.sha256, wish->sha256) || likeness < best->likeness)
		return false;
	if (likeness == best->likeness && str_cmp(made.path, best->path) > 0)
		return false;
	best->path = made.path;
	best->likeness = likeness;
	return true;
}

static void maker_compare(const struct maker_wish *wish, uint32_t room,
	struct maker candidate, struct maker_best *best)
{
	const struct node *output = node_get(candidate.node, "output");
	bool is_better = maker_consider(wish, room, output, best);

	output = node_first(node_get(candidate.node, "outputs"));
	for (; output != NULL; output = output->next)
		is_better |= maker_consider(wish, room, output, best);
	if (is_better)
		best->maker = candidate;
}

int maker_find(const struct evidence *ev, struct maker_wish wish,
	struct arena *a, struct maker *out, struct err *e)
{
	const struct table_entry *t = table_find(&ev->by_output, wish.sha256);
	struct maker_best best = {.likeness = -1};

	for (; t != NULL; t = table_next(&ev->by_output, t)) {
		const struct evidence_event *at = &ev->events[t->value];
		struct maker candidate = {.event = t->value};

		if (at->kind != wish.kind)
			continue;
		if (evidence_read(ev, t->value, a, &candidate.node, e) < 0)
			return -1;
		maker_compare(&wish, at->room, candidate, &best);
	}
	*out = best.maker;
	return 0;
}

bool maker_exists(
	const struct evidence *ev, enum evidence_kind kind, struct str sha256)
{
	const struct table_entry *t = table_find(&ev->by_output, sha256);

	for (; t != NULL; t = table_next(&ev->by_output, t))
		if (ev->events[t->value].kind == kind)
			return true;
	return false;
}
