/*
 * link - join a linker map with the event of its link.
 *
 * How: each name in the map is led to one of the event's inputs: by its path
 * seen from the project root, or, when the build was done in another place,
 * by the only input that the path ends with.  Archives are mapped, hashed and
 * read; the members that the map lists as taken are marked, then the bytes of
 * the placed sections are added to them.
 *
 * What it refuses: a name that no input of the event has, an archive that is
 * not the one that was linked, a member that the archive does not hold.
 */
#include "sbom/link.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/archive.h"
#include "sbom/linkmap.h"
#include "sbom/list.h"
#include "sbom/maker.h"

#include <stdlib.h>
#include <string.h>

enum {
	LINK_ARCHIVE_MAX = 256 << 20,
	LINK_PATH_BYTES = 4096,
};

/* An archive while its link is read. */
struct link_shelf {
	struct archive ar;
	struct buf bytes;
	uint32_t *object; /* of each member: index of its object, + 1 */
};

struct link_reader {
	const struct evidence *ev;
	const char *root;
	char *real_root; /* heap */
	struct arena *arena;
	struct link *link;
	struct str cwd;
	struct evidence_made *inputs;
	bool *is_used; /* of each input: named by the map */
	size_t n_inputs;
	struct link_shelf *shelves; /* of each archive */
	struct table by_path;       /* name in the map -> input + 1 */
	size_t objects_room;
};

static int link_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the link");
}

/* ---- from names in the map to inputs ---- */

/* Append path to out without ".", ".." and empty components. */
static void link_clean_path(struct str path, struct buf *out)
{
	struct str part;

	while (str_cut(&path, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			while (out->n > 0 && out->p[out->n - 1] != '/')
				out->n--;
			if (out->n > 0)
				out->n--;
			continue;
		}
		buf_byte(out, '/');
		buf_str(out, part);
	}
}

/* The path as events write it: below the root relative, else absolute. */
static struct str link_event_path(const struct link_reader *r, struct str path,
	char memory[LINK_PATH_BYTES])
{
	struct buf b = buf_fixed(memory, LINK_PATH_BYTES);
	struct str root = str_of(r->real_root), clean;

	if (!str_has_prefix(path, STR("/"))) {
		if (!str_has_prefix(r->cwd, STR("/")))
			link_clean_path(root, &b);
		link_clean_path(r->cwd, &b);
	}
	link_clean_path(path, &b);
	clean = buf_view(&b);
	if (str_has_prefix(clean, root) && clean.n > root.n &&
		clean.p[root.n] == '/')
		return str_sub(clean, root.n + 1, clean.n);
	return clean;
}

/* path ends with "/" and the input's whole path. */
static bool link_ends_with(struct str path, struct str input)
{
	return path.n > input.n && str_has_suffix(path, input) &&
	       path.p[path.n - input.n - 1] == '/';
}

static struct str link_base_name(struct str path)
{
	struct str part = path;

	while (str_cut(&path, '/', &part))
		;
	return part;
}

/* How well an input answers to a path; 0 not at all. */
static int link_likeness(struct str path, struct str input)
{
	if (str_eq(path, input))
		return 3;
	if (link_ends_with(path, input))
		return 2;
	return str_eq(link_base_name(path), link_base_name(input)) ? 1 : 0;
}

/* The input that a name in the map means; several equally good are none. */
static int link_search(const struct link_reader *r, struct str name,
	size_t *out, struct err *e)
{
	char memory[LINK_PATH_BYTES];
	struct str path = link_event_path(r, name, memory);
	int best = 0;
	bool is_double = false;

	for (size_t i = 0; i < r->n_inputs; i++) {
		int likeness = link_likeness(path, r->inputs[i].path);

		is_double = likeness == best ? is_double || likeness > 0
					     : likeness < best && is_double;
		if (likeness > best) {
			best = likeness;
			*out = i;
			is_double = false;
		}
	}
	if (best == 0 || is_double)
		return err_kind(e, ERR_ABSENT,
			"orphan: the map names %.*s, which %s of the link",
			STR_ARG(name),
			best == 0 ? "is no input" : "may be several inputs");
	return 0;
}

static int link_input(
	struct link_reader *r, struct str name, size_t *out, struct err *e)
{
	const struct table_entry *known = table_find(&r->by_path, name);

	if (known != NULL) {
		*out = known->value;
		return 0;
	}
	if (link_search(r, name, out, e) < 0)
		return -1;
	r->is_used[*out] = true;
	return table_add(&r->by_path, name, (uint32_t)*out) < 0
		       ? link_no_memory(e)
		       : 0;
}

/* ---- archives ---- */

/* Read an archive and be sure that it is the one that was linked. */
static int link_load(struct link_reader *r, struct evidence_made file,
	struct link_shelf *shelf, struct err *e)
{
	char path[LINK_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	if (!str_has_prefix(file.path, STR("/")))
		buf_fmt(&b, "%s/", r->root);
	buf_str(&b, file.path);
	shelf->bytes = buf_growing(LINK_ARCHIVE_MAX);
	if (file_read(buf_cstr(&b), &shelf->bytes, e) < 0)
		return -1;
	sha256_hex(buf_view(&shelf->bytes), hex);
	if (!str_is(file.sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s was changed since it was linked: sha256 is %s, "
			"was %.*s",
			STR_ARG(file.path), hex, STR_ARG(file.sha256));
	if (archive_parse(buf_view(&shelf->bytes), r->arena, &shelf->ar, e) < 0)
		return err_at(e, "%.*s", STR_ARG(file.path));
	shelf->object = arena_alloc(
		r->arena, (shelf->ar.n_members + 1) * sizeof(*shelf->object));
	return shelf->object == NULL ? link_no_memory(e) : 0;
}

static int link_shelf(struct link_reader *r, struct evidence_made file,
	size_t *out, struct err *e)
{
	struct link *l = r->link;

	for (*out = 0; *out < l->n_archives; ++*out)
		if (str_eq(l->archives[*out].file.path, file.path))
			return 0;
	l->archives[l->n_archives++] = (struct link_archive){.file = file};
	if (link_load(r, file, &r->shelves[*out], e) < 0)
		return -1;
	l->archives[*out].members = r->shelves[*out].ar.n_members;
	return 0;
}

static bool link_is_named(
	const struct link_shelf *s, size_t member, struct str name)
{
	const struct archive_member *m = &s->ar.members[member];

	return str_eq(m->name, name) ||
	       (s->ar.is_thin && link_ends_with(m->name, name));
}

/* A member of a thin archive is a file: the archive's event has its digest. */
static int link_thin_sha256(const struct link_reader *r,
	struct evidence_made archive, struct str name, struct str *out,
	struct err *e)
{
	const struct table_entry *t =
		table_find(&r->ev->by_output, archive.sha256);

	for (; t != NULL; t = table_next(&r->ev->by_output, t)) {
		const struct node *n, *m;

		if (r->ev->events[t->value].kind != EVIDENCE_ARCHIVE)
			continue;
		if (evidence_read(r->ev, t->value, r->arena, &n, e) < 0)
			return -1;
		for (m = node_first(node_get(n, "members")); m; m = m->next)
			if (str_eq(node_text(node_get(m, "name")), name)) {
				*out = node_text(node_get(m, "sha256"));
				return 0;
			}
	}
	return err_kind(e, ERR_ABSENT,
		"orphan: nothing recorded how member %.*s came into %.*s",
		STR_ARG(name), STR_ARG(archive.path));
}

static int link_member_sha256(const struct link_reader *r,
	const struct link_shelf *s, struct evidence_made archive, size_t member,
	struct str *out, struct err *e)
{
	const struct archive_member *m = &s->ar.members[member];
	char hex[SHA256_HEX + 1];

	if (s->ar.is_thin)
		return link_thin_sha256(r, archive, m->name, out, e);
	sha256_hex(m->data, hex);
	*out = str_of(arena_copy(r->arena, str_of(hex)));
	return out->p == NULL ? link_no_memory(e) : 0;
}

/* ---- objects ---- */

static int link_add_object(
	struct link_reader *r, struct link_object o, struct err *e)
{
	struct link *l = r->link;
	struct link_object *objects = list_room(r->arena, l->objects,
		l->n_objects, &r->objects_room, sizeof(*objects));

	if (objects == NULL)
		return link_no_memory(e);
	l->objects = objects;
	objects[l->n_objects++] = o;
	return 0;
}

/* Count a member as taken, once. */
static int link_take_member(
	struct link_reader *r, size_t archive, size_t member, struct err *e)
{
	struct link_shelf *s = &r->shelves[archive];
	struct link_archive *la = &r->link->archives[archive];
	struct link_object o = {
		.file = {.path = la->file.path},
		.archive = (int)archive,
		.offset = s->ar.members[member].offset,
	};

	if (s->object[member] != 0)
		return 0;
	if (link_member_sha256(r, s, la->file, member, &o.file.sha256, e) < 0)
		return -1;
	o.name = str_of(arena_copy(r->arena, s->ar.members[member].name));
	if (o.name.p == NULL)
		return link_no_memory(e);
	if (link_add_object(r, o, e) < 0)
		return -1;
	s->object[member] = (uint32_t)r->link->n_objects;
	la->taken++;
	return 0;
}

/* Take the members of a name: all, or the one that has a symbol. */
static int link_take_named(struct link_reader *r, size_t archive,
	struct str name, struct str symbol, struct err *e)
{
	struct link_shelf *s = &r->shelves[archive];

	for (size_t k = 0; k < s->ar.n_symbols; k++) {
		if (symbol.n == 0 || !str_eq(s->ar.symbols[k].name, symbol))
			continue;
		for (size_t i = 0; i < s->ar.n_members; i++)
			if (s->ar.members[i].head == s->ar.symbols[k].head &&
				link_is_named(s, i, name))
				return link_take_member(r, archive, i, e);
	}
	for (size_t i = 0; i < s->ar.n_members; i++)
		if (link_is_named(s, i, name) &&
			link_take_member(r, archive, i, e) < 0)
			return -1;
	return 0;
}

static int link_take(
	struct link_reader *r, const struct linkmap_taken *t, struct err *e)
{
	size_t input, archive;

	if (link_input(r, t->archive, &input, e) < 0 ||
		link_shelf(r, r->inputs[input], &archive, e) < 0)
		return -1;
	return link_take_named(r, archive, t->member, t->symbol, e);
}

/* The first object that was taken under this name; NULL. */
static struct link_object *link_taken_object(
	const struct link_reader *r, size_t archive, struct str name)
{
	const struct link_shelf *s = &r->shelves[archive];

	for (size_t i = 0; i < s->ar.n_members; i++)
		if (s->object[i] != 0 && link_is_named(s, i, name))
			return &r->link->objects[s->object[i] - 1];
	return NULL;
}

/* Bytes of "ARCHIVE(MEMBER)"; members of --whole-archive are new here. */
static int link_place_member(struct link_reader *r, struct str path,
	struct str member, const struct linkmap_input *in, struct err *e)
{
	struct link_object *o;
	size_t input, archive;

	if (link_input(r, path, &input, e) < 0 ||
		link_shelf(r, r->inputs[input], &archive, e) < 0)
		return -1;
	o = link_taken_object(r, archive, member);
	if (o == NULL &&
		link_take_named(r, archive, member, (struct str){0}, e) < 0)
		return -1;
	o = link_taken_object(r, archive, member);
	if (o == NULL)
		return err_kind(e, ERR_ABSENT,
			"orphan: %.*s has no member %.*s, which the map names",
			STR_ARG(path), STR_ARG(member));
	o->bytes += in->bytes;
	o->dropped += in->dropped;
	r->link->archives[archive].bytes += in->bytes;
	return 0;
}

static int link_place_file(
	struct link_reader *r, const struct linkmap_input *in, struct err *e)
{
	struct link_object o = {
		.archive = -1,
		.bytes = in->bytes,
		.dropped = in->dropped,
	};
	size_t input;

	if (link_input(r, in->file, &input, e) < 0)
		return -1;
	o.file = r->inputs[input];
	o.name = o.file.path;
	return link_add_object(r, o, e);
}

static int link_place(
	struct link_reader *r, const struct linkmap_input *in, struct err *e)
{
	struct str path, member;

	if (linkmap_split(in->file, &path, &member))
		return link_place_member(r, path, member, in, e);
	return link_place_file(r, in, e);
}

/* ---- inputs that the map does not name ---- */

/* An unused archive leaves nothing behind; an object without sections does
   count, and so does a script. */
static int link_add_rest(struct link_reader *r, struct err *e)
{
	struct link *l = r->link;

	l->others =
		arena_alloc(r->arena, (r->n_inputs + 1) * sizeof(*l->others));
	if (l->others == NULL)
		return link_no_memory(e);
	for (size_t i = 0; i < r->n_inputs; i++) {
		struct evidence_made in = r->inputs[i];

		if (r->is_used[i] || str_has_suffix(in.path, STR(".a")) ||
			maker_exists(r->ev, EVIDENCE_ARCHIVE, in.sha256))
			continue;
		if (maker_exists(r->ev, EVIDENCE_ASSEMBLE, in.sha256)) {
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

/* ---- the whole ---- */

/* A file named twice on the linker's command line is one input. */
static void link_add_input(struct link_reader *r, struct evidence_made in)
{
	for (size_t i = 0; i < r->n_inputs; i++)
		if (str_eq(r->inputs[i].path, in.path))
			return;
	r->inputs[r->n_inputs++] = in;
}

static int link_read_inputs(
	struct link_reader *r, const struct node *n, struct err *e)
{
	const struct node *list;

	if (node_need(n, "inputs", NODE_LIST, &list, e) < 0)
		return -1;
	r->inputs =
		arena_alloc(r->arena, (list->count + 1) * sizeof(*r->inputs));
	r->is_used =
		arena_alloc(r->arena, (list->count + 1) * sizeof(*r->is_used));
	r->shelves =
		arena_alloc(r->arena, (list->count + 1) * sizeof(*r->shelves));
	r->link->archives = arena_alloc(
		r->arena, (list->count + 1) * sizeof(*r->link->archives));
	if (r->inputs == NULL || r->is_used == NULL || r->shelves == NULL ||
		r->link->archives == NULL)
		return link_no_memory(e);
	for (const struct node *c = node_first(list); c; c = c->next)
		link_add_input(r, evidence_made(c));
	return 0;
}

static int link_read_map(struct link_reader *r, struct str text, struct err *e)
{
	struct linkmap map;

	if (linkmap_parse(text, r->link->is_relocatable, r->arena, &map, e) < 0)
		return err_at(e, "map of %.*s", STR_ARG(r->link->output.path));
	for (size_t i = 0; i < map.n_taken; i++)
		if (link_take(r, &map.taken[i], e) < 0)
			return -1;
	for (size_t i = 0; i < map.n_inputs; i++)
		if (link_place(r, &map.inputs[i], e) < 0)
			return -1;
	r->link->linker_bytes = map.linker_bytes;
	return link_add_rest(r, e);
}

static int link_join(struct link_reader *r, const struct node *n, struct err *e)
{
	struct str map;
	int rc;

	r->real_root = realpath(r->root, NULL);
	if (r->real_root == NULL)
		return err_sys(e, "%s", r->root);
	if (link_read_inputs(r, n, e) < 0 ||
		evidence_map(r->ev, r->link->room,
			node_text(node_get(n, "map")), &map, e) < 0)
		return -1;
	rc = link_read_map(r, map, e);
	evidence_unmap(map);
	return rc;
}

int link_read(const struct evidence *ev, uint32_t event, const char *root,
	struct arena *a, struct link *out, struct err *e)
{
	struct link_reader r = {
		.ev = ev,
		.root = root,
		.arena = a,
		.link = out,
		.by_path = table_make(a),
	};
	const struct node *n;
	int rc;

	if (evidence_read(ev, event, a, &n, e) < 0)
		return -1;
	*out = (struct link){
		.room = ev->events[event].room,
		.is_relocatable = node_truth(node_get(n, "relocatable"), false),
		.output = evidence_made(node_get(n, "output")),
		.event = n,
	};
	r.cwd = node_text(node_get(n, "cwd"));
	rc = link_join(&r, n, e);
	free(r.real_root);
	for (size_t i = 0; i < out->n_archives; i++)
		buf_free(&r.shelves[i].bytes);
	return rc < 0 ? err_at(e, "link of %.*s", STR_ARG(out->output.path))
		      : 0;
}
