/*
 * cause_step - command lines are compared word by word; temporary files, whose
 * names differ each time, are not.
 */
#include "images/reproduce/cause_step.h"

#include "lib/base/shown.h"
#include "sbom/evidence/mapped.h"

#include <string.h>

#define STEP_WORD_SHOWN 120 /* bytes of an argument */

/* GCC manual, "Standard Predefined Macros", and what ld makes at random. */
static const char *const clocks[] = {"__DATE__", "__TIME__", "__TIMESTAMP__"};

static void say_word(struct buf *said, struct str word)
{
	shown_put(said, str_sub(word, 0, STEP_WORD_SHOWN));
	if (word.n > STEP_WORD_SHOWN)
		buf_text(said, "...");
}

/* ---- arguments -------------------------------------------------------- */

static int step_argv(const struct graph *g, uint32_t event, struct arena *a,
	const struct node **out, struct err *e)
{
	const struct node *doc;

	if (evidence_read(g->evidence, event, a, &doc, e) < 0)
		return -1;
	*out = node_first(node_get(doc, "argv"));
	return 0;
}

static bool is_temporary(struct str word)
{
	return memmem(word.p, word.n, "/tmp/cc", strlen("/tmp/cc")) != NULL;
}

/* The first words that differ; NULL where one command has more words. */
static bool find_other_word(const struct node **x, const struct node **y)
{
	for (; *x || *y; *x = (*x)->next, *y = (*y)->next) {
		if (!*x || !*y)
			return true;
		if (!str_eq(node_text(*x), node_text(*y)) &&
			!(is_temporary(node_text(*x)) &&
				is_temporary(node_text(*y))))
			return true;
	}
	return false;
}

/* 1 when something was said. */
static int say_arguments(const struct cause_graphs *g,
	const struct graph_step *x, const struct graph_step *y,
	struct buf *said, struct err *e)
{
	size_t n = x->n_events < y->n_events ? x->n_events : y->n_events;

	for (size_t i = 0; i < n; i++) {
		const struct node *a, *b;

		if (step_argv(g->a, x->events[i], g->arena, &a, e) < 0 ||
			step_argv(g->b, y->events[i], g->arena, &b, e) < 0)
			return -1;
		if (!find_other_word(&a, &b))
			continue;
		buf_text(said, " with other arguments: ");
		say_word(said, a ? node_text(a) : STR("nothing"));
		buf_text(said, " and ");
		say_word(said, b ? node_text(b) : STR("nothing"));
		return 1;
	}
	return 0;
}

/* An argument of this beginning, as the first command has it; empty. */
static int find_argument(const struct cause_graphs *g,
	const struct graph_step *x, struct str prefix, struct str *out,
	struct err *e)
{
	for (size_t i = 0; i < x->n_events; i++) {
		const struct node *a;

		if (step_argv(g->a, x->events[i], g->arena, &a, e) < 0)
			return -1;
		for (; a; a = a->next)
			if (str_has_prefix(node_text(a), prefix))
				*out = node_text(a);
	}
	return 0;
}

/* ---- sources ---------------------------------------------------------- */

/* The line of the first of the words that name the time; 0. */
static size_t find_clock(struct str text, const char **word)
{
	const char *found = NULL;
	size_t line = 1;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(*clocks); i++) {
		const char *at =
			memmem(text.p, text.n, clocks[i], strlen(clocks[i]));

		if (at && (!found || at < found)) {
			found = at;
			*word = clocks[i];
		}
	}
	for (const char *p = text.p; found && p < found; p++)
		line += *p == '\n';
	return found ? line : 0;
}

static int say_clock(const struct cause_graphs *g, uint32_t file,
	struct buf *said, struct err *e)
{
	const struct graph_file *f = &g->a->files[file];
	struct str whole, text;
	const char *word = NULL;
	size_t line;

	if (graph_is_host(g->a, f))
		return 0;
	if (graph_bytes(g->a, file, &whole, &text, e) < 0)
		return -1;
	line = find_clock(text, &word);
	if (line) {
		buf_text(said, "; ");
		shown_put(said, f->name);
		buf_fmt(said, ":%zu has %s", line, word);
	}
	mapped_close(whole);
	return 0;
}

/* ---- a step ----------------------------------------------------------- */

static void say_made(
	const struct graph *g, const struct graph_step *x, struct buf *said)
{
	static const char *const verbs[] = {
		[GRAPH_COMPILE] = ": compiled of ",
		[GRAPH_LINK] = ": linked of ",
		[GRAPH_ARCHIVE] = ": an archive of ",
		[GRAPH_COMMAND] = ": made of ",
	};

	buf_text(said, "      ");
	shown_put(said, g->files[x->output].name);
	buf_text(said, verbs[x->kind]);
	if (x->inputs.n)
		shown_put(said, g->files[x->inputs.list[0]].name);
	if (x->inputs.n > 1)
		buf_fmt(said, " and %zu more", x->inputs.n - 1);
}

static int say_reasons(const struct cause_graphs *g, const struct graph_step *x,
	struct buf *said, struct err *e)
{
	struct str build_id = {0};

	buf_text(said, ", equal files with equal arguments");
	if (find_argument(g, x, STR("--build-id"), &build_id, e) < 0)
		return -1;
	if (str_is(build_id, "--build-id=uuid"))
		buf_text(said, "; --build-id=uuid is random");
	for (size_t i = 0; x->kind == GRAPH_COMPILE && i < x->inputs.n; i++)
		if (say_clock(g, x->inputs.list[i], said, e) < 0)
			return -1;
	return 0;
}

int cause_step_say(const struct cause_graphs *g, const struct graph_step *x,
	const struct graph_step *y, struct buf *said, struct err *e)
{
	int found;

	say_made(g->a, x, said);
	found = say_arguments(g, x, y, said, e);
	if (found < 0 || (found == 0 && say_reasons(g, x, said, e) < 0))
		return -1;
	buf_byte(said, '\n');
	return 0;
}
