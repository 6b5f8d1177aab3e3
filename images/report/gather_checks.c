/*
 * gather_checks - what the file of a program shows of its defences; and
 * programs of an image of whose build nothing is known.
 */
#include "images/report/gather_parts.h"
#include "lib/arc/hardening.h"

enum {
	CHECKS_TEXT_MAX = 1 << 20,
	CHECKS_PROGRAM_MAX = 256 << 20,
	CHECKS_EXECUTABLE = 0111,
};

/* ": is ... (the field)\n: ...": the first line, without what is around. */
static struct str checks_first_line(struct str lines)
{
	struct str line = str_sub(lines, 2, lines.n);

	line.n = str_find(line, '\n');
	return line;
}

/* Called when a stack was overwritten; linked only where it is used. */
static enum page_outcome checks_canary(const struct symbols *symbols)
{
	struct symbol s;
	size_t i = 0;

	if (symbols == NULL || symbols->table.n == 0)
		return PAGE_UNKNOWN;
	while (symbols_next(symbols, &i, &s))
		if (str_is(s.name, "__stack_chk_fail"))
			return PAGE_PASSED;
	return PAGE_FAILED;
}

int gather_checks(struct gather *g, struct page_program *to,
	const struct gather_program *from, struct err *e)
{
	AUTO_BUF struct buf report = buf_growing(CHECKS_TEXT_MAX);
	struct hardening_finding found[HARDENING_CHECKS];
	const struct hardening_rules rules = {.need_cet = true};
	enum page_outcome canary = checks_canary(from->symbols);

	if (hardening_list(from->bytes, &rules, found, &report, e) < 0)
		return err_at(e, "%s", from->path);
	if (gather_room(g, HARDENING_CHECKS + 1, sizeof(*to->checks),
		    &to->checks, e) < 0)
		return -1;
	for (size_t i = 0; i < HARDENING_CHECKS; i++) {
		struct page_check *c = &to->checks[to->n_checks++];
		struct str line = checks_first_line(found[i].lines);

		c->what = str_of(found[i].what);
		c->outcome = found[i].defects == 0  ? PAGE_PASSED
			     : found[i].is_optional ? PAGE_ABSENT
						    : PAGE_FAILED;
		if (gather_fmt(g, &c->note, e, "%.*s", STR_ARG(line)) < 0)
			return -1;
	}
	to->checks[to->n_checks++] = (struct page_check){
		.what = STR("Stack is guarded by canaries"),
		.outcome = canary,
		.note = canary == PAGE_UNKNOWN
				? STR("the program has no symbols")
			: canary == PAGE_PASSED
				? STR("__stack_chk_fail is in the program")
				: STR("there is no __stack_chk_fail"),
	};
	return 0;
}

/* ---- programs without evidence ---- */

/* The layer is read once; the bytes of one file are kept at a time. */
struct untraced {
	struct gather *g;
	const struct listed *file; /* that is being read; NULL */
	struct buf bytes;
};

static bool untraced_is_known(const struct gather *g, const struct listed *x)
{
	for (size_t i = 0; i < g->n_programs; i++)
		if (str_is(g->programs[i].sha256, x->sha256))
			return true;
	return x->type != TAR_FILE || (x->mode & CHECKS_EXECUTABLE) == 0;
}

/* The file is complete: a program is put on the page. */
static int untraced_end(struct untraced *u, struct err *e)
{
	struct gather *g = u->g;
	const struct listed *x = u->file;
	struct page_program *to = &g->page->programs[g->page->n_programs];
	struct gather_program p = {.bytes = buf_view(&u->bytes)};
	struct str path;

	u->file = NULL;
	if (x == NULL || !str_has_prefix(p.bytes, STR("\177ELF")))
		return 0;
	if (gather_fmt(g, &path, e, "/%.*s", STR_ARG(x->path)) < 0)
		return -1;
	p.path = path.p;
	*to = (struct page_program){
		.path = path, .sha256 = str_of(x->sha256), .bytes = p.bytes.n};
	g->page->n_programs++;
	return gather_checks(g, to, &p, e);
}

static int untraced_on_entry(
	void *self, const struct tar_entry *t, struct err *e)
{
	struct untraced *u = self;
	const struct listed *x = listing_find(&u->g->layer, t->path);

	if (untraced_end(u, e) < 0)
		return -1;
	buf_reset(&u->bytes);
	if (x != NULL && t->type == TAR_FILE && !untraced_is_known(u->g, x))
		u->file = x;
	return 0;
}

static int untraced_on_data(
	void *self, const void *bytes, size_t n, struct err *e)
{
	struct untraced *u = self;

	if (u->file == NULL)
		return 0;
	buf_put(&u->bytes, bytes, n);
	return u->bytes.full ? gather_no_memory(e) : 0;
}

int gather_untraced(struct gather *g, struct err *e)
{
	struct untraced u = {.g = g, .bytes = buf_growing(CHECKS_PROGRAM_MAX)};
	const struct tar_visitor visitor = {
		untraced_on_entry, untraced_on_data, &u};
	int rc = 0;

	if (g->view != NULL) {
		rc = view_layer(g->view, &visitor, e);
		if (rc == 0)
			rc = untraced_end(&u, e);
	}
	buf_free(&u.bytes);
	return rc;
}
