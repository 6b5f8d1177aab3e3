/*
 * relink - the arguments of the recorded link are taken over one by one.
 *
 * A word that names the next file that the linker read becomes that file's name
 * in the kit, -lNAME stays, and -L leads to the kit's lib.  What only concerns
 * the machine goes: plugins, which link-time optimisation would need.
 */
#include "sbom/relink/relink.h"

#include "lib/base/whole.h"

enum {
	RELINK_TEXT_MAX = 1 << 20,
	RELINK_PATH_BYTES = 2048,
};

/* What is being planned. */
struct relink_planner {
	struct relink *to;
	struct arena *arena;
	struct str cwd;
	const struct node *next; /* of the link's inputs */
	struct buf args;
};

static int relink_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the kit");
}

/* ---- the response file ---- */

/* libiberty's buildargv(): a backslash takes away the meaning of a blank, a
   quote or a backslash. */
static void relink_arg(struct buf *out, struct str arg)
{
	for (size_t i = 0; i < arg.n; i++) {
		char c = arg.p[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\'' ||
			c == '"' || c == '\\')
			buf_byte(out, '\\');
		buf_byte(out, c);
	}
	buf_byte(out, '\n');
}

/* ---- inputs ---- */

static struct str relink_plain(struct str path)
{
	return str_has_prefix(path, STR("./")) ? str_sub(path, 2, path.n)
					       : path;
}

/* Does a word of the command line name this file? */
static bool relink_names(
	const struct relink_planner *k, struct str word, struct str path)
{
	char memory[RELINK_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));

	word = relink_plain(word);
	if (str_eq(word, path))
		return true;
	buf_fmt(&b, "%.*s/%.*s", STR_ARG(k->cwd), STR_ARG(word));
	return str_eq(buf_view(&b), path);
}

/* "-lnl-3" and ".../libnl-3.a" */
static bool relink_is_library(struct str word, struct str path)
{
	struct str base = str_base_name(path);

	return str_has_prefix(word, STR("-l")) &&
	       str_has_prefix(base, STR("lib")) &&
	       str_has_suffix(base, STR(".a")) && base.n == word.n + 3 &&
	       str_eq(str_sub(base, 3, word.n - 2), str_sub(word, 2, word.n));
}

/* The next file of the event goes into the kit under this name. */
static int relink_take(struct relink_planner *k, bool is_library, struct err *e)
{
	char memory[RELINK_PATH_BYTES];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct relink_input *x = &k->to->inputs[k->to->n];
	struct str base;

	if (k->to->n == RELINK_INPUTS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d files were linked",
			RELINK_INPUTS_MAX);
	x->file = evidence_made(k->next);
	base = str_base_name(x->file.path);
	if (is_library)
		buf_fmt(&b, "lib/%.*s", STR_ARG(base));
	else
		buf_fmt(&b, "objects/%03zu-%.*s", k->to->n + 1, STR_ARG(base));
	x->name = (struct str){arena_copy(k->arena, buf_view(&b)), b.n};
	k->next = k->next->next;
	k->to->n++;
	return b.full || x->name.p == NULL ? relink_no_memory(e) : 0;
}

/* ---- the command line ---- */

/* Options whose value is the next word, and goes with them. */
static bool relink_drops_two(struct str word)
{
	return str_is(word, "-o") || str_is(word, "-plugin") ||
	       str_is(word, "-L") || str_is(word, "-Map");
}

static bool relink_drops(struct str word)
{
	return str_has_prefix(word, STR("-plugin")) ||
	       str_has_prefix(word, STR("-L")) ||
	       str_has_prefix(word, STR("-Map=")) ||
	       str_has_prefix(word, STR("--dependency-file="));
}

static int relink_word(struct relink_planner *k, struct str word, struct err *e)
{
	struct str path = evidence_made(k->next).path;
	bool is_library = k->next != NULL && relink_is_library(word, path);

	if (!is_library && (k->next == NULL || str_has_prefix(word, STR("-")) ||
				   !relink_names(k, word, path))) {
		relink_arg(&k->args, word);
		return 0;
	}
	if (relink_take(k, is_library, e) < 0)
		return -1;
	relink_arg(
		&k->args, is_library ? word : k->to->inputs[k->to->n - 1].name);
	return 0;
}

static int relink_words(
	struct relink_planner *k, const struct node *link, struct err *e)
{
	const struct node *c = node_first(node_get(link, "argv"));

	buf_text(&k->args, "-Llib\n");
	for (c = c != NULL ? c->next : NULL; c != NULL; c = c->next) {
		struct str word = node_text(c);

		if (relink_drops_two(word) && c->next != NULL) {
			c = c->next;
			continue;
		}
		if (relink_drops(word))
			continue;
		if (relink_word(k, word, e) < 0)
			return -1;
	}
	if (k->next == NULL)
		return whole_check(&k->args, "the linker's arguments", e);
	return err_kind(e, ERR_INPUT,
		"the recorded command line does not name %.*s, which was "
		"linked",
		STR_ARG(evidence_made(k->next).path));
}

/* The options of strip; what it reads and writes is named anew. */
static void relink_strip(const struct node *strip, struct buf *out)
{
	const struct node *c = node_first(node_get(strip, "argv"));

	for (c = c != NULL ? c->next : NULL; c != NULL; c = c->next) {
		if (str_is(node_text(c), "-o") && c->next != NULL)
			c = c->next;
		else if (str_has_prefix(node_text(c), STR("-")))
			buf_fmt(out, " %.*s", STR_ARG(node_text(c)));
	}
}

static int relink_keep(
	struct relink_planner *k, struct buf *strip, struct err *e)
{
	struct relink *r = k->to;

	r->args = (struct str){
		arena_copy(k->arena, buf_view(&k->args)), k->args.n};
	r->strip =
		(struct str){arena_copy(k->arena, buf_view(strip)), strip->n};
	return r->args.p == NULL || r->strip.p == NULL || strip->full
		       ? relink_no_memory(e)
		       : 0;
}

int relink_plan(const struct relink_recorded *from, struct arena *a,
	struct relink *out, struct err *e)
{
	char memory[RELINK_PATH_BYTES];
	struct buf options = buf_fixed(memory, sizeof(memory));
	struct relink_planner k = {.to = out,
		.arena = a,
		.cwd = node_text(node_get(from->link, "cwd")),
		.next = node_first(node_get(from->link, "inputs")),
		.args = buf_growing(RELINK_TEXT_MAX)};
	int rc;

	*out = (struct relink){
		.program = from->program, .is_stripped = from->strip != NULL};
	out->inputs = arena_alloc(a, RELINK_INPUTS_MAX * sizeof(*out->inputs));
	if (out->inputs == NULL)
		return relink_no_memory(e);
	relink_strip(from->strip, &options);
	rc = relink_words(&k, from->link, e);
	if (rc == 0)
		rc = relink_keep(&k, &options, e);
	buf_free(&k.args);
	return rc;
}
