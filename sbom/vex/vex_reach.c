/*
 * vex_reach - a compiler can only inline what the text names.
 *
 * Beginning with the dropped function, the parts of the source and of the
 * package's headers that hold a name of the set join the set.  One that is in
 * the program, or has no code of its own (inlined somewhere, a macro, which
 * any other may use), ends the search.  Words in comments and texts count too:
 * that errs on the safe side.
 */
#include "sbom/vex/vex_reach.h"

#include <string.h>

enum { VEX_PARTS_MAX = 8192 };

struct vex_named {
	struct c_part part;
	struct str text;
	bool is_in; /* in the set */
};

struct vex_set {
	struct arena *arena;
	struct vex_named *list;
	size_t n, room;
};

static bool vex_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* Does a text hold this word? */
static bool vex_holds(struct str text, struct str word)
{
	const char *at = text.p, *end = text.p + text.n;

	while (at != NULL && at < end) {
		at = memmem(at, (size_t)(end - at), word.p, word.n);
		if (at == NULL)
			return false;
		if ((at == text.p || !vex_is_word(at[-1])) &&
			(at + word.n == end || !vex_is_word(at[word.n])))
			return true;
		at++;
	}
	return false;
}

/* The lines of the part that was just read. */
static struct str vex_lines(const struct c_parts *c, const struct c_part *part)
{
	size_t lines = part->last - part->first, from = c->at;

	while (from > 0 && (c->text.p[from - 1] != '\n' || lines-- > 0))
		from--;
	return str_sub(c->text, from, c->at - from);
}

static int vex_collect(struct vex_set *s, struct str text, struct err *e)
{
	struct c_parts c = {.text = text};
	struct c_part part;

	while (c_parts_next(&c, &part)) {
		struct vex_named *list;

		if (part.kind == C_DECLARED || part.kind == C_TYPE)
			continue;
		if (s->n == VEX_PARTS_MAX)
			return err_kind(e, ERR_LIMIT,
				"a source and its headers have more than %d "
				"parts",
				VEX_PARTS_MAX);
		list = arena_grow(
			s->arena, s->list, s->n, &s->room, sizeof(*list));
		if (list == NULL)
			return fix_no_memory(e);
		s->list = list;
		list[s->n++] =
			(struct vex_named){part, vex_lines(&c, &part), false};
	}
	return 0;
}

static int vex_collect_file(const struct vex_reach *r, struct vex_set *s,
	const struct trace_file *file, struct err *e)
{
	struct evidence_made made = file->file;
	struct str text;

	return fix_text(r->texts, &made, &text, e) < 0
		       ? -1
		       : vex_collect(s, text, e);
}

/* The parts of the source, and of the headers of its package. */
static int vex_collect_all(
	const struct vex_reach *r, struct vex_set *s, struct err *e)
{
	const struct trace_object *o = r->object;

	if (vex_collect_file(r, s, o->source, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_headers; i++) {
		const struct origin *of = &o->headers[i]->origin;

		if (of->kind != ORIGIN_PINNED ||
			of->package != o->source->origin.package)
			continue;
		if (vex_collect_file(r, s, o->headers[i], e) < 0)
			return -1;
	}
	return 0;
}

/* Is this part's own code gone, as far as the linker knows? */
static bool vex_is_dropped(const struct vex_reach *r, const struct c_part *part)
{
	return why_part(r->why, r->object, part).state == WHY_DROPPED;
}

/* Add what names `name`; 1 when one of these is not dropped. */
static int vex_widen(const struct vex_reach *r, struct vex_set *s,
	struct str name, struct str *through)
{
	for (size_t i = 0; i < s->n; i++) {
		struct vex_named *x = &s->list[i];

		if (x->is_in || !vex_holds(x->text, name))
			continue;
		x->is_in = true;
		if (str_eq(x->part.name, name))
			continue;
		*through = x->part.name;
		if (x->part.kind != C_MACRO && !vex_is_dropped(r, &x->part))
			return 1;
	}
	return 0;
}

int vex_reach(const struct vex_reach *r, const struct c_part *part,
	struct str *through, struct err *e)
{
	struct vex_set s = {.arena = r->why->trace->basis.arena};
	bool grew = true;

	if (vex_collect_all(r, &s, e) < 0)
		return -1;
	if (vex_widen(r, &s, part->name, through) > 0)
		return 1;
	while (grew) {
		size_t was = 0, now = 0;

		for (size_t i = 0; i < s.n; i++)
			was += s.list[i].is_in;
		for (size_t i = 0; i < s.n; i++)
			if (s.list[i].is_in &&
				vex_widen(r, &s, s.list[i].part.name, through) >
					0)
				return 1;
		for (size_t i = 0; i < s.n; i++)
			now += s.list[i].is_in;
		grew = now > was;
	}
	return 0;
}
