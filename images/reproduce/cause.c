/*
 * cause - two graphs walked side by side.
 *
 * Files are paired by name; those of the compiler's temporary directory, whose
 * names differ each time, in the order of their mention.
 */
#include "images/reproduce/cause.h"

#include "images/reproduce/cause_step.h"
#include "lib/base/shown.h"
#include "sbom/graph/graph_make.h"

#define CAUSE_ARENA_BYTES ((size_t)2 << 30)
#define CAUSES_SHOWN      20

struct pair {
	uint32_t a, b;
};

struct causes {
	struct cause_graphs g;
	struct pair *list; /* to be looked at; each file of `a` once */
	size_t n, room;
	bool *is_seen; /* by file of `a` */
	size_t n_said;
	struct buf *said;
};

static bool is_temporary(struct str name)
{
	return str_has_prefix(name, STR("/tmp/"));
}

static bool is_same_name(const struct graph_file *x, const struct graph_file *y)
{
	return str_eq(x->name, y->name) ||
	       (is_temporary(x->name) && is_temporary(y->name));
}

static int causes_add(struct causes *c, uint32_t a, uint32_t b, struct err *e)
{
	struct pair *list;

	if (c->is_seen[a])
		return 0;
	c->is_seen[a] = true;
	list = arena_grow(c->g.arena, c->list, c->n, &c->room, sizeof(*list));
	if (!list)
		return err_kind(e, ERR_LIMIT, "no memory for the causes");
	c->list = list;
	list[c->n++] = (struct pair){a, b};
	return 0;
}

static void say_leaf(struct causes *c, const struct graph_file *f)
{
	buf_text(c->said, "      ");
	shown_put(c->said, f->name);
	buf_text(c->said, ": other bytes, and no recorded command made it\n");
	c->n_said++;
}

/* The input of `b` with the name of this one, from `from` on, then before. */
static size_t find_input(const struct causes *c, const struct graph_list *list,
	const struct graph_file *x, size_t from)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t at = (from + i) % list->n;

		if (is_same_name(x, &c->g.b->files[list->list[at]]))
			return at;
	}
	return list->n;
}

/* How the inputs of two steps compare. */
struct inputs {
	size_t n_other;        /* with other bytes */
	int64_t missing;       /* a file of `a` that `b` did not read */
	int64_t sooner, later; /* files of `a` that change places */
};

static int compare_inputs(struct causes *c, const struct graph_step *x,
	const struct graph_step *y, struct inputs *in, struct err *e)
{
	size_t next = 0;

	*in = (struct inputs){.missing = -1, .sooner = -1, .later = -1};
	for (size_t i = 0; i < x->inputs.n; i++) {
		uint32_t a = x->inputs.list[i], b;
		const struct graph_file *f = &c->g.a->files[a];
		size_t at = find_input(c, &y->inputs, f, next);

		if (at == y->inputs.n) {
			in->missing = a;
			continue;
		}
		b = y->inputs.list[at];
		if (at < next && in->later < 0) {
			in->later = a;
			in->sooner = i ? x->inputs.list[i - 1] : a;
		}
		next = at + 1;
		if (str_eq(f->file.sha256, c->g.b->files[b].file.sha256))
			continue;
		in->n_other++;
		if (causes_add(c, a, b, e) < 0)
			return -1;
	}
	return 0;
}

static void say_name(struct causes *c, int64_t file)
{
	shown_put(c->said, c->g.a->files[file].name);
}

static void say_inputs(
	struct causes *c, const struct graph_file *f, const struct inputs *in)
{
	buf_text(c->said, "      ");
	shown_put(c->said, f->name);
	if (in->missing >= 0) {
		buf_text(c->said, ": the second build did not read ");
		say_name(c, in->missing);
	} else {
		buf_text(c->said, ": made of its parts in another order: ");
		say_name(c, in->later);
		buf_text(c->said, " comes before ");
		say_name(c, in->sooner);
	}
	buf_byte(c->said, '\n');
	c->n_said++;
}

static int compare_steps(struct causes *c, struct pair p, struct err *e)
{
	const struct graph_file *f = &c->g.a->files[p.a];
	const struct graph_file *other = &c->g.b->files[p.b];
	const struct graph_step *x, *y;
	struct inputs in;

	if (f->step == GRAPH_NONE || other->step == GRAPH_NONE) {
		say_leaf(c, f);
		return 0;
	}
	x = &c->g.a->steps[f->step];
	y = &c->g.b->steps[other->step];
	if (compare_inputs(c, x, y, &in, e) < 0)
		return -1;
	if (in.missing >= 0 || in.later >= 0)
		say_inputs(c, f, &in);
	else if (in.n_other == 0) {
		c->n_said++;
		return cause_step_say(&c->g, x, y, c->said, e);
	}
	return 0;
}

static int causes_find(struct causes *c, struct err *e)
{
	c->is_seen =
		arena_alloc(c->g.arena, c->g.a->n_files * sizeof(*c->is_seen));
	if (!c->is_seen)
		return err_kind(e, ERR_LIMIT, "no memory for the causes");
	if (causes_add(c, 0, 0, e) < 0)
		return -1;
	for (size_t i = 0; i < c->n && c->n_said < CAUSES_SHOWN; i++)
		if (compare_steps(c, c->list[i], e) < 0)
			return -1;
	return 0;
}

/* 1; 0: no recorded command made it; or -1. */
static int cause_graph(const struct cause_program *p, struct arena *a,
	struct graph *out, struct err *e)
{
	const struct graph_wish wish = {.sha256 = p->sha256, .path = p->path};
	struct err why = {0};

	if (graph_make(p->evidence, &wish, a, out, &why) == 0)
		return 1;
	if (why.kind == ERR_ABSENT)
		return 0;
	if (e)
		*e = why;
	return -1;
}

int cause_say(const struct cause_program *first,
	const struct cause_program *second, struct buf *said, struct err *e)
{
	AUTO_ARENA struct arena arena = arena_make(CAUSE_ARENA_BYTES);
	struct graph a, b;
	struct causes c = {.g = {&a, &b, &arena}, .said = said};
	int found = cause_graph(first, &arena, &a, e);

	if (found > 0)
		found = cause_graph(second, &arena, &b, e);
	return found <= 0 ? found : causes_find(&c, e);
}
