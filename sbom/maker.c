/*
 * maker - which recorded event made a file?
 *
 * How: all events with these bytes among their outputs are read and compared;
 * nearly always there is one.  What it refuses: events that are no JSON.
 */
#include "sbom/maker.h"

/* One event that could be meant. */
struct maker {
	uint32_t event;
	const struct node *node;
	struct str path; /* of the output with these bytes */
	int likeness;
};

static struct str maker_base_name(struct str path)
{
	struct str part = path;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

static int maker_likeness(
	const struct maker_wish *wish, struct str path, uint32_t room)
{
	return 4 * str_eq(path, wish->path) +
	       2 * ((int64_t)room == wish->room) +
	       str_eq(maker_base_name(path), maker_base_name(wish->path));
}

/* Look at one output of the event; true when it is the best so far. */
static bool maker_consider(const struct maker_wish *wish, uint32_t room,
	const struct node *output, struct maker *m)
{
	struct evidence_made made = evidence_made(output);
	int likeness = maker_likeness(wish, made.path, room);

	if (!str_eq(made.sha256, wish->sha256) || likeness < m->likeness)
		return false;
	if (likeness == m->likeness && str_cmp(made.path, m->path) > 0)
		return false;
	m->path = made.path;
	m->likeness = likeness;
	return true;
}

static void maker_compare(const struct maker_wish *wish, uint32_t room,
	const struct node *n, uint32_t event, struct maker *m)
{
	const struct node *output = node_get(n, "output");
	bool is_better = maker_consider(wish, room, output, m);

	output = node_first(node_get(n, "outputs"));
	for (; output != NULL; output = output->next)
		is_better |= maker_consider(wish, room, output, m);
	if (is_better) {
		m->event = event;
		m->node = n;
	}
}

int maker_find(const struct evidence *ev, struct maker_wish wish,
	struct arena *a, uint32_t *event, const struct node **out,
	struct err *e)
{
	const struct table_entry *t = table_find(&ev->by_output, wish.sha256);
	struct maker m = {.likeness = -1};

	for (; t != NULL; t = table_next(&ev->by_output, t)) {
		const struct evidence_event *at = &ev->events[t->value];
		const struct node *n;

		if (at->kind != wish.kind)
			continue;
		if (evidence_read(ev, t->value, a, &n, e) < 0)
			return -1;
		maker_compare(&wish, at->room, n, t->value, &m);
	}
	*event = m.event;
	*out = m.node;
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
