/*
 * link - join a linker map with the event of its link.
 *
 * Each name in the map leads to one of the event's inputs (link_input).
 * Archives are read (link_shelf), the members that the map lists as taken
 * become objects, then the objects outside archives; at last the rows are led
 * to their sections (link_rows).
 *
 * Refused: a name that matches no input, an archive or object that has changed
 * since it was linked, a member that the archive does not hold.
 */
#include "sbom/link/link.h"

#include "sbom/evidence/maker.h"
#include "sbom/evidence/mapped.h"
#include "sbom/link/link_input.h"
#include "sbom/link/link_object.h"
#include "sbom/link/link_rows.h"
#include "sbom/link/link_shelf.h"
#include "sbom/link/mapword.h"

#include <stdlib.h>

struct link_reader {
	const struct evidence *ev;
	struct arena *arena;
	struct link *link;
	struct link_inputs inputs;
	struct link_shelf *shelves; /* of each archive of the link */
	size_t objects_room;
};

/* The archive that a name in the map means, opened on first use. */
static int link_find_archive(
	struct link_reader *r, struct str name, size_t *out, struct err *e)
{
	struct link *l = r->link;
	struct evidence_made file;
	size_t input;

	if (link_inputs_find(&r->inputs, name, &input, e) < 0)
		return -1;
	file = r->inputs.list[input];
	for (*out = 0; *out < l->n_archives; ++*out)
		if (str_eq(l->archives[*out].file.path, file.path))
			return 0;
	l->archives[l->n_archives++] = (struct link_archive){.file = file};
	if (link_shelf_open(r->ev, file, r->arena, &r->shelves[*out], e) < 0)
		return -1;
	l->archives[*out].members = r->shelves[*out].ar.n_members;
	return 0;
}

/* ---- objects ---- */

static int link_add_object(
	struct link_reader *r, struct link_object o, struct err *e)
{
	struct link *l = r->link;
	struct link_object *objects = arena_grow(r->arena, l->objects,
		l->n_objects, &r->objects_room, sizeof(*objects));

	if (objects == NULL)
		return link_no_memory(e);
	l->objects = objects;
	objects[l->n_objects++] = o;
	return 0;
}

/* Make an object of a member, once. */
static int link_take_member(
	struct link_reader *r, size_t archive, size_t member, struct err *e)
{
	struct link_shelf *s = &r->shelves[archive];
	struct link_object o = {
		.file = {.path = s->file.path},
		.archive = (int)archive,
	};

	if (s->object[member] != 0)
		return 0;
	if (link_shelf_sha256(s, member, &o.file.sha256, e) < 0)
		return -1;
	o.name = str_of(arena_copy(r->arena, s->ar.members[member].name));
	if (o.name.p == NULL)
		return link_no_memory(e);
	if (link_shelf_sections(s, member, o.file.sha256, &o.sections, e) < 0)
		return err_at(e, "%.*s(%.*s)", STR_ARG(s->file.path),
			STR_ARG(o.name));
	if (link_add_object(r, o, e) < 0)
		return -1;
	s->object[member] = (uint32_t)r->link->n_objects;
	return 0;
}

/* Take the member that defines the symbol, else all of this name. */
static int link_take_named(struct link_reader *r, size_t archive,
	struct str name, struct str symbol, struct err *e)
{
	struct link_shelf *s = &r->shelves[archive];

	for (size_t k = 0; k < s->ar.n_symbols; k++) {
		if (symbol.n == 0 || !str_eq(s->ar.symbols[k].name, symbol))
			continue;
		for (size_t i = 0; i < s->ar.n_members; i++)
			if (s->ar.members[i].head == s->ar.symbols[k].head &&
				link_shelf_is_named(s, i, name))
				return link_take_member(r, archive, i, e);
	}
	for (size_t i = 0; i < s->ar.n_members; i++)
		if (link_shelf_is_named(s, i, name) &&
			link_take_member(r, archive, i, e) < 0)
			return -1;
	return 0;
}

static int link_take(
	struct link_reader *r, const struct linkmap_taken *t, struct err *e)
{
	size_t archive;

	if (link_find_archive(r, t->archive, &archive, e) < 0)
		return -1;
	return link_take_named(r, archive, t->member, t->symbol, e);
}

/* Put an object among those of its name, in the order of taking. */
static void link_add_twin(struct link *l, uint32_t *first, uint32_t object)
{
	while (*first != 0 && *first < object)
		first = &l->objects[*first - 1].twin;
	l->objects[object - 1].twin = *first;
	*first = object;
}

/* The objects that were taken under this name; 0 for none. */
static uint32_t link_taken_objects(
	const struct link_reader *r, size_t archive, struct str name)
{
	const struct link_shelf *s = &r->shelves[archive];
	uint32_t first = 0;

	for (size_t i = 0; i < s->ar.n_members; i++)
		if (s->object[i] != 0 && link_shelf_is_named(s, i, name))
			link_add_twin(r->link, &first, s->object[i]);
	return first;
}

/* The objects of a member's name, which --whole-archive takes only now. */
static int link_find_members(struct link_reader *r, struct str path,
	struct str member, uint32_t *first, struct err *e)
{
	size_t archive;

	if (link_find_archive(r, path, &archive, e) < 0)
		return -1;
	*first = link_taken_objects(r, archive, member);
	if (*first == 0 &&
		link_take_named(r, archive, member, (struct str){0}, e) < 0)
		return -1;
	*first = link_taken_objects(r, archive, member);
	return *first != 0
		       ? 0
		       : err_kind(e, ERR_ABSENT,
				 "orphan: %.*s has no member %.*s, which the "
				 "map names",
				 STR_ARG(path), STR_ARG(member));
}

static int link_find_file(
	struct link_reader *r, struct str name, uint32_t *first, struct err *e)
{
	const struct link_files files = {
		.ev = r->ev, .room = r->link->room, .arena = r->arena};
	struct link_object o = {.archive = -1};
	size_t input;

	if (str_has_suffix(name, STR(".ltrans.o")))
		return err_kind(e, ERR_INPUT,
			"linked with link-time optimisation (-flto): the bytes "
			"are of the whole program, no longer of its objects");
	if (link_inputs_find(&r->inputs, name, &input, e) < 0)
		return -1;
	o.file = r->inputs.list[input];
	o.name = o.file.path;
	if (link_object_sections(&files, o.file, &o.sections, e) < 0 ||
		link_add_object(r, o, e) < 0)
		return -1;
	*first = (uint32_t)r->link->n_objects;
	return 0;
}

/* The object that an input of the map is, or the first of several. */
static int link_find_object(
	struct link_reader *r, struct str input, uint32_t *first, struct err *e)
{
	struct str path, member;

	if (mapword_split(input, &path, &member))
		return link_find_members(r, path, member, first, e);
	return link_find_file(r, input, first, e);
}

/* ---- inputs that the map does not name ---- */

/* An archive without members taken has no effect; an object without sections
   counts, and so does a linker script. */
static int link_add_rest(struct link_reader *r, struct err *e)
{
	struct link *l = r->link;

	l->others =
		arena_alloc(r->arena, (r->inputs.n + 1) * sizeof(*l->others));
	if (l->others == NULL)
		return link_no_memory(e);
	for (size_t i = 0; i < r->inputs.n; i++) {
		struct evidence_made in = r->inputs.list[i];

		if (r->inputs.is_used[i] ||
			str_has_suffix(in.path, STR(".a")) ||
			maker_exists(r->ev, EVIDENCE_ARCHIVE, in.sha256))
			continue;
		if (maker_exists(r->ev, EVIDENCE_ASSEMBLE, in.sha256) ||
			maker_exists(r->ev, EVIDENCE_COMPILE, in.sha256)) {
			struct link_object o = {
				.name = in.path, .file = in, .archive = -1};

			if (link_add_object(r, o, e) < 0)
				return -1;
			continue;
		}
		l->others[l->n_others++] = in;
	}
	return 0;
}

/* ---- all of it ---- */

static int link_place(
	struct link_reader *r, const struct linkmap *map, struct err *e)
{
	uint32_t *first =
		arena_alloc(r->arena, (map->n_inputs + 1) * sizeof(*first));

	if (first == NULL)
		return link_no_memory(e);
	for (size_t i = 0; i < map->n_inputs; i++)
		if (link_find_object(r, map->inputs[i], &first[i], e) < 0)
			return -1;
	return link_rows_make(r->link, map, first, r->arena, e);
}

static int link_read_map(struct link_reader *r, struct str text, struct err *e)
{
	struct linkmap map;

	if (linkmap_parse(text, r->arena, &map, e) < 0)
		return err_at(e, "map of %.*s", STR_ARG(r->link->output.path));
	for (size_t i = 0; i < map.n_taken; i++)
		if (link_take(r, &map.taken[i], e) < 0)
			return -1;
	if (link_place(r, &map, e) < 0)
		return -1;
	return link_add_rest(r, e);
}

static int link_make_room(struct link_reader *r, struct err *e)
{
	size_t n = r->inputs.n + 1;

	r->shelves = arena_alloc(r->arena, n * sizeof(*r->shelves));
	r->link->archives =
		arena_alloc(r->arena, n * sizeof(*r->link->archives));
	return r->shelves == NULL || r->link->archives == NULL
		       ? link_no_memory(e)
		       : 0;
}

static int link_join(struct link_reader *r, const char *root, struct err *e)
{
	const struct node *event = r->link->event;
	struct str map;
	int rc;

	if (link_inputs_read(event, root, r->arena, &r->inputs, e) < 0 ||
		link_make_room(r, e) < 0 ||
		evidence_map(r->ev, r->link->room,
			node_text(node_get(event, "map")), &map, e) < 0)
		return -1;
	rc = link_read_map(r, map, e);
	mapped_close(map);
	return rc;
}

int link_read(const struct evidence *ev, uint32_t event, struct arena *a,
	struct link *out, struct err *e)
{
	struct link_reader r = {.ev = ev, .arena = a, .link = out};
	const struct node *n;
	char *root; /* heap */
	int rc;

	if (evidence_read(ev, event, a, &n, e) < 0)
		return -1;
	*out = (struct link){
		.room = ev->events[event].room,
		.is_relocatable = node_truth(node_get(n, "relocatable"), false),
		.output = evidence_made(node_get(n, "output")),
		.event = n,
	};
	root = realpath(ev->root, NULL);
	rc = root == NULL ? err_sys(e, "%s", ev->root) : link_join(&r, root, e);
	free(root);
	for (size_t i = 0; i < out->n_archives; i++)
		link_shelf_close(&r.shelves[i]);
	return rc < 0 ? err_at(e, "link of %.*s", STR_ARG(out->output.path))
		      : 0;
}
