/*
 * graph_step - from the event that wrote a file to the files that it read.
 *
 * What it read and the build did not leave was made by another event, which
 * becomes a part of the same step; so do the commands that fed a pipe.  Such
 * events are found later the earlier they ran.
 *
 * Refused: a file that is nowhere and that no recorded command made; a file
 * that is there with bytes that no recorded command wrote; an archive that is
 * no longer the one that was linked.
 */
#include "sbom/graph/graph_step.h"

#include "lib/arc/sha256.h"
#include "sbom/evidence/maker.h"
#include "sbom/graph/graph_file.h"
#include "sbom/graph/graph_shelf.h"
#include "sbom/link/link.h"

#include <unistd.h>

enum { STEP_EVENTS_MAX = 4096 };

/* A step being put together; events in the order of finding. */
struct step_weaver {
	struct graph_maker *m;
	struct graph_step step;
	struct evidence_made output;
	size_t events_room;
	const struct node **nodes; /* of each event, in the scratch arena */
	size_t nodes_room;
};

static const enum evidence_kind step_kinds[] = {EVIDENCE_ASSEMBLE,
	EVIDENCE_COMPILE, EVIDENCE_LINK, EVIDENCE_ARCHIVE, EVIDENCE_GENERATE};

/* The event that made a file: node is NULL for none. */
static int step_find(struct graph_maker *m, struct maker_wish wish,
	struct maker *out, struct err *e)
{
	*out = (struct maker){0};
	for (size_t i = 0; i < sizeof(step_kinds) / sizeof(*step_kinds) &&
			   out->node == NULL;
		i++) {
		wish.kind = step_kinds[i];
		if (maker_find(m->g->evidence, wish, m->scratch, out, e) < 0)
			return -1;
	}
	return 0;
}

/* The compile that wrote assembly in the same run of the driver, else any. */
static int step_find_compile(struct graph_maker *m, const struct node *assemble,
	struct maker *out, struct err *e)
{
	const struct evidence *ev = m->g->evidence;
	struct str sha256 = evidence_made(node_get(assemble, "source")).sha256;
	struct str run = node_text(node_get(assemble, "run"));
	const struct table_entry *t = table_find(&ev->by_output, sha256);

	*out = (struct maker){0};
	for (; sha256.n > 0 && t != NULL; t = table_next(&ev->by_output, t)) {
		struct maker found = {.event = t->value};

		if (ev->events[t->value].kind != EVIDENCE_COMPILE)
			continue;
		if (evidence_read(ev, t->value, m->scratch, &found.node, e) < 0)
			return -1;
		if (out->node == NULL ||
			str_eq(node_text(node_get(found.node, "run")), run))
			*out = found;
	}
	return 0;
}

static int step_add_event(
	struct step_weaver *w, struct maker maker, struct err *e)
{
	struct graph_step *s = &w->step;
	uint32_t *events;
	const struct node **nodes;

	for (size_t i = 0; i < s->n_events; i++)
		if (s->events[i] == maker.event)
			return 0;
	if (s->n_events == STEP_EVENTS_MAX)
		return err_kind(e, ERR_LIMIT, "%.*s: more than %d commands",
			STR_ARG(w->output.path), STEP_EVENTS_MAX);
	events = arena_grow(w->m->g->arena, s->events, s->n_events,
		&w->events_room, sizeof(*events));
	nodes = arena_grow(w->m->scratch, w->nodes, s->n_events, &w->nodes_room,
		sizeof(*nodes));
	if (events == NULL || nodes == NULL)
		return graph_no_memory(e);
	s->events = events;
	w->nodes = nodes;
	events[s->n_events] = maker.event;
	nodes[s->n_events++] = maker.node;
	return 0;
}

static int step_gone(struct evidence_made in, struct err *e)
{
	return err_kind(e, ERR_ABSENT,
		"%.*s (sha256 %.*s) is gone or has changed, and no recorded "
		"command made it",
		STR_ARG(in.path), STR_ARG(in.sha256));
}

/*
 * May the build itself have removed this file, or gone on to write it, as a
 * makefile does that appends line by line?  Else somebody changed it.
 */
static bool step_may_be_between(const struct graph *g, struct evidence_made in)
{
	const char *path = graph_path(g, in.path);
	char hex[SHA256_HEX + 1];

	if (path == NULL || access(path, F_OK) < 0)
		return true;
	return sha256_file(path, hex, NULL, NULL) == 0 &&
	       table_find(&g->evidence->by_output, str_of(hex)) != NULL;
}

/* The event that made a file which the build did not leave. */
static int step_find_between(struct step_weaver *w, const struct node *event,
	struct evidence_made in, struct maker *out, struct err *e)
{
	const struct graph *g = w->m->g;
	const struct maker_wish wish = {.sha256 = in.sha256,
		.path = in.path,
		.room = g->evidence->events[w->step.events[0]].room};

	*out = (struct maker){0};
	if (!step_may_be_between(g, in))
		return step_gone(in, e);
	if (str_is(node_text(node_get(event, "ev")), "assemble") &&
		step_find_compile(w->m, event, out, e) < 0)
		return -1;
	if (out->node == NULL && step_find(w->m, wish, out, e) < 0)
		return -1;
	if (out->node == NULL ||
		g->evidence->events[out->event].kind == EVIDENCE_ARCHIVE)
		return step_gone(in, e);
	return 0;
}

/* A file that an event read: an input, or made by a part of this step. */
static int step_take(struct step_weaver *w, const struct node *event,
	struct evidence_made in, struct err *e)
{
	struct graph *g = w->m->g;
	uint32_t at = w->step.events[0], file;
	uint32_t room = g->evidence->events[at].room;
	int found = graph_file(g, in, room, &file, e);
	struct maker maker;

	if (found < 0)
		return -1;
	if (found > 0)
		return graph_list_add(g->arena, &w->step.inputs, file, e);
	return step_find_between(w, event, in, &maker, e) < 0
		       ? -1
		       : step_add_event(w, maker, e);
}

/* The source came through a pipe: the command that fed it left the object. */
static int step_piped(struct step_weaver *w, struct err *e)
{
	const struct maker_wish wish = {
		.kind = EVIDENCE_GENERATE,
		.sha256 = w->output.sha256,
		.path = w->output.path,
		.room = -1,
	};
	struct maker maker;

	if (maker_find(w->m->g->evidence, wish, w->m->scratch, &maker, e) < 0)
		return -1;
	if (maker.node == NULL)
		return err_kind(e, ERR_ABSENT,
			"%.*s was compiled from a pipe that no recorded "
			"command fed",
			STR_ARG(w->output.path));
	return step_add_event(w, maker, e);
}

/* A list of files; names of files that were gone already count only where the
   linker read them. */
static int step_take_list(struct step_weaver *w, const struct node *event,
	const char *list, struct err *e)
{
	const struct node *c = node_first(node_get(event, list));

	for (; c != NULL; c = c->next) {
		struct evidence_made in = evidence_made(c);

		if (in.sha256.n > 0 && step_take(w, event, in, e) < 0)
			return -1;
	}
	return 0;
}

static int step_weave(
	struct step_weaver *w, const struct node *event, struct err *e)
{
	const struct node *source = node_get(event, "source");

	if (source != NULL && evidence_made(source).sha256.n == 0 &&
		step_piped(w, e) < 0)
		return -1;
	if (source != NULL && evidence_made(source).sha256.n > 0 &&
		step_take(w, event, evidence_made(source), e) < 0)
		return -1;
	if (step_take_list(w, event, "deps", e) < 0)
		return -1;
	if (str_is(node_text(node_get(event, "ev")), "archive"))
		return 0; /* its members say more than the command line */
	return step_take_list(w, event, "inputs", e);
}

/* ---- archives and links ---- */

static int step_members(struct graph_maker *m, uint32_t archive,
	struct graph_list *to, struct err *e)
{
	const struct graph_shelf *shelf;

	if (graph_shelf_of(m, archive, &shelf, e) < 0)
		return -1;
	for (size_t i = 0; i < shelf->n_members; i++) {
		struct graph_member member = shelf->members[i];
		uint32_t file;

		member.archive = archive;
		if (graph_member(m->g, &member, &file, e) < 0 ||
			graph_list_add(m->g->arena, to, file, e) < 0)
			return -1;
	}
	return 0;
}

static int step_taken_object(struct step_weaver *w, const struct link *link,
	const struct link_object *o, struct err *e)
{
	struct graph *g = w->m->g;
	struct evidence_made made = o->file;
	uint32_t file;
	int found;

	if (o->archive >= 0)
		made = link->archives[o->archive].file;
	found = graph_file(g, made, link->room, &file, e);
	if (found <= 0)
		return found < 0 ? -1 : step_gone(made, e);
	if (o->archive >= 0) {
		const struct graph_member want = {.archive = file,
			.name = o->name,
			.sha256 = o->file.sha256};

		if (graph_shelf_take(w->m, &want, &file, e) < 0)
			return -1;
	}
	return graph_list_add(g->arena, &w->step.taken, file, e);
}

static int step_taken(struct step_weaver *w, uint32_t event, struct err *e)
{
	struct link link;

	if (link_read(w->m->g->evidence, event, w->m->scratch, &link, e) < 0)
		return -1;
	for (size_t i = 0; i < link.n_objects; i++)
		if (step_taken_object(w, &link, &link.objects[i], e) < 0)
			return -1;
	return 0;
}

/* ---- all of it ---- */

static enum graph_kind step_kind(enum evidence_kind kind)
{
	switch (kind) {
	case EVIDENCE_COMPILE:
	case EVIDENCE_ASSEMBLE:
		return GRAPH_COMPILE;
	case EVIDENCE_LINK:
		return GRAPH_LINK;
	case EVIDENCE_ARCHIVE:
		return GRAPH_ARCHIVE;
	case EVIDENCE_GENERATE:
		break;
	}
	return GRAPH_COMMAND;
}

static int step_add(struct step_weaver *w, struct err *e)
{
	struct graph *g = w->m->g;
	struct graph_step *steps = arena_grow(
		g->arena, g->steps, g->n_steps, &g->steps_room, sizeof(*steps));
	size_t n = w->step.n_events;

	if (steps == NULL)
		return graph_no_memory(e);
	for (size_t i = 0; i < n / 2; i++) {
		uint32_t swap = w->step.events[i];

		w->step.events[i] = w->step.events[n - 1 - i];
		w->step.events[n - 1 - i] = swap;
	}
	g->steps = steps;
	g->files[w->step.output].step = (int64_t)g->n_steps;
	steps[g->n_steps++] = w->step;
	return 0;
}

static int step_make(struct step_weaver *w, struct maker maker, struct err *e)
{
	struct graph_maker *m = w->m;
	const struct evidence *ev = m->g->evidence;

	w->step.kind = step_kind(ev->events[maker.event].kind);
	if (step_add_event(w, maker, e) < 0)
		return -1;
	for (size_t i = 0; i < w->step.n_events; i++) {
		if (ev->events[w->step.events[i]].kind == EVIDENCE_LINK &&
			step_taken(w, w->step.events[i], e) < 0)
			return -1;
		if (step_weave(w, w->nodes[i], e) < 0)
			return -1;
	}
	if (w->step.kind == GRAPH_ARCHIVE && m->has_whole_archives &&
		step_members(m, w->step.output, &w->step.inputs, e) < 0)
		return -1;
	return step_add(w, e);
}

int graph_step(struct graph_maker *m, uint32_t file, struct err *e)
{
	const struct graph_file f = m->g->files[file];
	struct maker_wish wish = {
		.sha256 = f.file.sha256, .path = f.name, .room = f.room};
	struct step_weaver w = {
		.m = m, .step = {.output = file}, .output = f.file};
	struct maker maker;

	arena_reset(m->scratch);
	if (f.archive < 0 && graph_is_leaf(m->g, &f, &wish.path))
		return 0;
	if (f.archive >= 0) { /* "libc.a(free.lo)": the member's own name */
		size_t open = str_find(f.name, '(');

		wish.path = str_sub(f.name, open + 1, f.name.n - open - 2);
	}
	if (step_find(m, wish, &maker, e) < 0)
		return -1;
	if (maker.node != NULL)
		return step_make(&w, maker, e);
	return !graph_is_orphan(m->g, &f)
		       ? 0
		       : err_kind(e, ERR_ABSENT,
				 "orphan: no recorded command made %.*s "
				 "(sha256 %.*s)",
				 STR_ARG(f.name), STR_ARG(f.file.sha256));
}
