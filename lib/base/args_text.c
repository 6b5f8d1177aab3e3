/*
 * args_text - walks the tree of commands and writes help, man page and
 * completion from the same fields.
 */
#include "lib/base/args_text.h"

#include <string.h>

#define HELP_COLUMN 30 /* where descriptions begin */

static bool takes_value(const struct args_option *o)
{
	return o->type != ARGS_SWITCH;
}

static const char *meta_of(const struct args_option *o)
{
	static const char *const usual[] = {
		[ARGS_SWITCH] = "",
		[ARGS_TEXT] = "TEXT",
		[ARGS_LIST] = "TEXT",
		[ARGS_NUMBER] = "N",
		[ARGS_SIZE] = "SIZE",
		[ARGS_TIME] = "TIME",
	};

	return o->meta ? o->meta : usual[o->type];
}

static void time_write(struct buf *b, uint64_t ms)
{
	if (ms % 60000 == 0 && ms)
		buf_fmt(b, "%llum", (unsigned long long)(ms / 60000));
	else if (ms % 1000 == 0)
		buf_fmt(b, "%llus", (unsigned long long)(ms / 1000));
	else
		buf_fmt(b, "%llums", (unsigned long long)ms);
}

/* " (default X)", unless the default is empty. */
static void default_write(struct buf *b, const struct args_option *o)
{
	const uint64_t *number = o->value;
	const char *text;

	if (!o->value)
		return;
	switch (o->type) {
	case ARGS_SWITCH:
		if (*(const bool *)o->value)
			buf_text(b, " (default true)");
		return;
	case ARGS_TEXT:
		text = *(const char *const *)o->value;
		if (text && *text)
			buf_fmt(b, " (default %s)", text);
		return;
	case ARGS_LIST:
		return;
	case ARGS_NUMBER:
	case ARGS_SIZE:
		if (*number)
			buf_fmt(b, " (default %llu)",
				(unsigned long long)*number);
		return;
	case ARGS_TIME:
		if (*number) {
			buf_text(b, " (default ");
			time_write(b, *number);
			buf_byte(b, ')');
		}
		return;
	}
}

/* Pad the line that began at byte `start` to the column of descriptions. */
static void column(struct buf *b, size_t start)
{
	size_t n = b->n - start;

	if (n + 2 > HELP_COLUMN) {
		buf_byte(b, '\n');
		n = 0;
	}
	buf_fill(b, ' ', HELP_COLUMN - n);
}

static void help_option(struct buf *b, const struct args_option *o)
{
	size_t start = b->n;

	if (o->letter)
		buf_fmt(b, "  -%c, --%s", o->letter, o->name);
	else
		buf_fmt(b, "      --%s", o->name);
	if (takes_value(o))
		buf_fmt(b, " %s", meta_of(o));
	column(b, start);
	buf_text(b, o->help);
	default_write(b, o);
	buf_byte(b, '\n');
}

static void help_entry(struct buf *b, const char *name, const char *text)
{
	size_t start = b->n;

	buf_fmt(b, "  %s", name);
	column(b, start);
	buf_fmt(b, "%s\n", text);
}

#define DEPTH_MAX 4

/* A walk over the tree in the order of its tables, parents first. */
struct walk {
	const struct args_command *at[DEPTH_MAX];
	size_t depth; /* at[0] is the program, at[depth] the command */
};

static bool walk_next(struct walk *w)
{
	const struct args_command *c = w->at[w->depth];

	if (c->commands && w->depth + 1 < DEPTH_MAX)
		w->at[++w->depth] = c->commands;
	else if (w->depth)
		w->at[w->depth]++;
	while (w->depth && !w->at[w->depth]->name)
		if (--w->depth)
			w->at[w->depth]++;
	return w->depth;
}

/* The commands from at[from] on, as they are typed. */
static void walk_path(const struct walk *w, size_t from, struct buf *b)
{
	for (size_t i = from; i <= w->depth; i++)
		buf_fmt(b, i > from ? " %s" : "%s", w->at[i]->name);
}

void args_help(const struct args_command *top, const struct args_command *c,
	struct buf *b)
{
	struct walk w = {.at = {top}};

	while (w.at[w.depth] != c && walk_next(&w))
		continue;
	walk_path(&w, 0, b);
	buf_fmt(b, " - %s\n\nusage: ", c->summary);
	walk_path(&w, 0, b);
	if (c->options && c->options->name)
		buf_text(b, " [options]");
	if (c->commands)
		buf_text(b, c->run ? " [command]" : " command");
	if (c->operands && *c->operands)
		buf_fmt(b, " %s", c->operands);
	buf_byte(b, '\n');
	if (c->text)
		buf_fmt(b, "\n%s\n", c->text);
	if (c->commands)
		buf_text(b, "\ncommands:\n");
	for (const struct args_command *s = c->commands; s && s->name; s++)
		if (s->summary)
			help_entry(b, s->name, s->summary);
	buf_text(b, "\noptions:\n");
	for (const struct args_option *o = c->options; o && o->name; o++)
		help_option(b, o);
	help_entry(b, "-h, --help", "show this help");
	help_entry(b, "    --version", "show the version");
	buf_text(b, "\nexit status: 0 done, 1 failed, 2 wrong usage\n");
}

/* Escape what roff would interpret. */
static void roff_text(struct buf *b, const char *s)
{
	bool at_start = true;

	for (; *s; s++) {
		if (at_start && (*s == '.' || *s == '\''))
			buf_text(b, "\\&");
		if (*s == '\\')
			buf_text(b, "\\e");
		else if (*s == '-')
			buf_text(b, "\\-");
		else
			buf_byte(b, *s);
		at_start = *s == '\n';
	}
}

static void man_option(struct buf *b, const struct args_option *o)
{
	buf_text(b, ".TP\n");
	if (o->letter)
		buf_fmt(b, "\\fB\\-%c\\fR, ", o->letter);
	buf_text(b, "\\fB\\-\\-");
	roff_text(b, o->name);
	buf_text(b, "\\fR");
	if (takes_value(o))
		buf_fmt(b, " \\fI%s\\fR", meta_of(o));
	buf_byte(b, '\n');
	roff_text(b, o->help);
	default_write(b, o);
	buf_byte(b, '\n');
}

static void man_body(struct buf *b, const struct args_command *c)
{
	if (c->text) {
		buf_text(b, ".PP\n");
		roff_text(b, c->text);
		buf_byte(b, '\n');
	}
	for (const struct args_option *o = c->options; o && o->name; o++)
		man_option(b, o);
}

static void man_usage(struct buf *b, const struct args_command *c)
{
	if (c->operands || c->commands) {
		roff_text(b, c->commands ? "COMMAND [options]" : c->operands);
		buf_byte(b, '\n');
	}
}

static void man_command(struct buf *b, const struct walk *w)
{
	const struct args_command *c = w->at[w->depth];

	if (!c->summary)
		return;
	buf_text(b, ".SH COMMAND ");
	walk_path(w, 1, b);
	buf_text(b, "\n.B ");
	walk_path(w, 0, b);
	buf_byte(b, '\n');
	man_usage(b, c);
	buf_text(b, ".PP\n");
	roff_text(b, c->summary);
	buf_byte(b, '\n');
	man_body(b, c);
}

void args_man(const struct args_command *c, const char *version, struct buf *b)
{
	struct walk w = {.at = {c}};

	buf_fmt(b, ".TH %s 8 \"\" \"%s %s\"\n.SH NAME\n", c->name, c->name,
		version);
	roff_text(b, c->name);
	buf_text(b, " \\- ");
	roff_text(b, c->summary);
	buf_fmt(b, "\n.SH SYNOPSIS\n.B %s\n", c->name);
	man_usage(b, c);
	buf_text(b, ".SH DESCRIPTION\n");
	roff_text(b, c->summary);
	buf_byte(b, '\n');
	man_body(b, c);
	while (walk_next(&w))
		man_command(b, &w);
	buf_text(b, ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage\n");
}

static void completion_words(struct buf *b, const struct args_command *c)
{
	for (const struct args_command *s = c->commands; s && s->name; s++)
		if (s->summary)
			buf_fmt(b, "%s ", s->name);
	for (const struct args_option *o = c->options; o && o->name; o++)
		buf_fmt(b, "--%s ", o->name);
	buf_text(b, "--help --version");
}

/* A name as a part of a shell function's name. */
static void shell_name(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_byte(b, *s == '-' ? '_' : *s);
}

void args_completion(const struct args_command *c, struct buf *b)
{
	struct walk w = {.at = {c}};

	buf_text(b, "_");
	shell_name(b, c->name);
	buf_text(b, "()\n{\n\tlocal words word path=''\n"
		    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		    "\t\t[[ $word == -* ]] || path+=\"$word \"\n\tdone\n"
		    "\twords='");
	completion_words(b, c);
	buf_text(b, "'\n");
	while (walk_next(&w)) {
		if (!w.at[w.depth]->summary)
			continue;
		buf_text(b, "\t[[ $path != '");
		walk_path(&w, 1, b);
		buf_text(b, " '* ]] || words='");
		completion_words(b, w.at[w.depth]);
		buf_text(b, "'\n");
	}
	buf_text(b, "\tmapfile -t COMPREPLY < <(compgen -W "
		    "\"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n}\n"
		    "complete -o default -F _");
	shell_name(b, c->name);
	buf_fmt(b, " %s\n", c->name);
}
