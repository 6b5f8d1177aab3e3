/*
 * args_words - options by name or letter, in one pass over the words.
 */
#include "lib/base/args_words.h"

#include "lib/base/args_value.h"
#include "lib/base/near.h"

#include <string.h>

static const struct args_option *option_named(
	const struct args_command *c, struct str name)
{
	for (const struct args_option *o = c->options; o && o->name; o++)
		if (str_is(name, o->name))
			return o;
	return NULL;
}

static const struct args_option *option_lettered(
	const struct args_command *c, char letter)
{
	for (const struct args_option *o = c->options; o && o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static const char *nearest_option(const struct args_command *c, struct str word)
{
	struct near n = near_make(word);

	for (const struct args_option *o = c->options; o && o->name; o++)
		near_offer(&n, o->name);
	near_offer(&n, "help");
	near_offer(&n, "version");
	return n.best;
}

static int unknown_option(
	const struct args_command *c, struct str word, struct err *e)
{
	const char *near = nearest_option(c, word);

	if (near)
		return err_kind(e, ERR_USAGE,
			"unknown option --%.*s; did you mean --%s?",
			STR_ARG(word), near);
	return err_kind(e, ERR_USAGE, "unknown option --%.*s (see --help)",
		STR_ARG(word));
}

/* A known option and the value after its '=', or NULL. */
struct found {
	const struct args_option *option;
	const char *value;
};

static int find_long(const struct args_command *c, const char *text,
	struct found *out, struct err *e)
{
	struct str name = str_of(text);
	size_t at = str_find(name, '=');

	out->value = at < name.n ? name.p + at + 1 : NULL;
	name = str_sub(name, 0, at);
	out->option = option_named(c, name);
	return out->option ? 0 : unknown_option(c, name, e);
}

static int find_short(const struct args_command *c, const char *word,
	struct found *out, struct err *e)
{
	out->value = NULL;
	out->option = word[2] ? NULL : option_lettered(c, word[1]);
	if (!out->option)
		return err_kind(
			e, ERR_USAGE, "unknown option %s (see --help)", word);
	return 0;
}

int args_take_option(
	const struct args_command *c, struct args_words *w, struct err *e)
{
	const char *word = w->word[w->at];
	struct found f;
	int r = word[1] == '-' ? find_long(c, word + 2, &f, e)
			       : find_short(c, word, &f, e);

	if (r < 0)
		return -1;
	if (!f.value && f.option->type != ARGS_SWITCH) {
		if (w->at + 1 >= w->n)
			return err_kind(e, ERR_USAGE, "--%s needs a value (%s)",
				f.option->name,
				f.option->meta ? f.option->meta : "VALUE");
		f.value = w->word[++w->at];
	}
	return args_set(f.option, f.value, e);
}

static int operands_check(const struct args_command *c,
	const struct args_operands *o, struct err *e)
{
	if (o->n < c->min_operands)
		return err_kind(e, ERR_USAGE, "operand missing: %s %s", c->name,
			c->operands ? c->operands : "");
	if (o->n > c->max_operands)
		return err_kind(e, ERR_USAGE, "unexpected operand \"%s\"",
			o->item[c->max_operands]);
	return 0;
}

int args_parse(const struct args_command *c, int argc, char **argv,
	struct args_operands *out, struct err *e)
{
	struct args_words w = {argc, argv, 1};
	bool options_end = false;

	out->n = 0;
	for (; w.at < w.n; w.at++) {
		const char *word = w.word[w.at];

		if (options_end || word[0] != '-' || !word[1])
			out->item[out->n++] = word;
		else if (strcmp(word, "--") == 0)
			options_end = true;
		else if (args_take_option(c, &w, e) < 0)
			return -1;
	}
	return operands_check(c, out, e);
}
