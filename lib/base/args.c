/*
 * Options: walking the command line and running what it asks for.  The texts
 * made from the same table (help, man page, completion) are in args_text.c.
 */
#include "lib/base/args.h"
#include "lib/base/duration.h"
#include "lib/base/near.h"

#include <stdio.h>
#include <stdlib.h>
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

static uint64_t unit_of(struct str s)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} unit[] = {
		{"", 1},
		{"K", 1000},
		{"k", 1000},
		{"M", 1000000},
		{"G", 1000000000},
		{"T", 1000000000000},
		{"Ki", UINT64_C(1) << 10},
		{"Mi", UINT64_C(1) << 20},
		{"Gi", UINT64_C(1) << 30},
		{"Ti", UINT64_C(1) << 40},
	};

	for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
		if (str_is(s, unit[i].name))
			return unit[i].bytes;
	return 0;
}

static size_t digits_of(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

int args_size(struct str s, uint64_t *bytes)
{
	size_t n = digits_of(s);
	uint64_t unit = unit_of(str_sub(s, n, s.n));
	uint64_t v;

	if (!unit || str_u64(str_sub(s, 0, n), 0, UINT64_MAX / unit, &v) < 0)
		return -1;
	*bytes = v * unit;
	return 0;
}

/* Rounded up: less than a millisecond is not nothing. */
int args_time(struct str s, uint64_t *ms)
{
	uint64_t ns;

	if (duration_parse(s, &ns) < 0)
		return -1;
	*ms = ns / 1000000 + (ns % 1000000 > 0);
	return 0;
}

static int wrong_value(const struct args_option *o, const char *value,
	const char *wanted, struct err *e)
{
	return err_kind(
		e, ERR_USAGE, "--%s: \"%s\" is not %s", o->name, value, wanted);
}

static int in_range(const struct args_option *o, const char *value, uint64_t v,
	struct err *e)
{
	if (v >= o->min && (!o->max || v <= o->max)) {
		*(uint64_t *)o->value = v;
		return 0;
	}
	if (o->max)
		return err_kind(e, ERR_USAGE,
			"--%s: %s is outside %llu to %llu", o->name, value,
			(unsigned long long)o->min, (unsigned long long)o->max);
	return err_kind(e, ERR_USAGE, "--%s: %s is below %llu", o->name, value,
		(unsigned long long)o->min);
}

static int list_add(
	const struct args_option *o, const char *value, struct err *e)
{
	struct args_list *l = o->value;

	if (l->n == ARGS_LIST_MAX)
		return err_kind(e, ERR_USAGE, "--%s: more than %d times",
			o->name, ARGS_LIST_MAX);
	l->item[l->n++] = value;
	return 0;
}

static int switch_set(
	const struct args_option *o, const char *value, struct err *e)
{
	bool is_true = !value || strcmp(value, "true") == 0;

	if (!is_true && strcmp(value, "false") != 0)
		return wrong_value(o, value, "true or false", e);
	*(bool *)o->value = is_true;
	return 0;
}

static int option_set(
	const struct args_option *o, const char *value, struct err *e)
{
	struct str s = str_of(value);
	uint64_t v;

	if (o->was_given)
		*o->was_given = true;
	switch (o->type) {
	case ARGS_SWITCH:
		return switch_set(o, value, e);
	case ARGS_TEXT:
		*(const char **)o->value = value;
		return 0;
	case ARGS_LIST:
		return list_add(o, value, e);
	case ARGS_NUMBER:
		if (str_u64(s, 0, UINT64_MAX, &v) < 0)
			return wrong_value(o, value, "a number", e);
		return in_range(o, value, v, e);
	case ARGS_SIZE:
		if (args_size(s, &v) < 0)
			return wrong_value(
				o, value, "a size (like 512Mi or 2G)", e);
		return in_range(o, value, v, e);
	case ARGS_TIME:
		if (args_time(s, &v) < 0)
			return wrong_value(
				o, value, "a time (like 90s or 1h30m)", e);
		return in_range(o, value, v, e);
	}
	return 0;
}

/* The value behind '=', or the next word, which *i then stands on. */
static int value_find(const struct args_option *o, const char *equals, int argc,
	char **argv, int *i, const char **value, struct err *e)
{
	*value = equals;
	if (equals || o->type == ARGS_SWITCH)
		return 0;
	if (*i + 1 >= argc)
		return err_kind(e, ERR_USAGE, "--%s wants a value (%s)",
			o->name, o->meta ? o->meta : "VALUE");
	*value = argv[++*i];
	return 0;
}

static int option_take(const struct args_command *c, int argc, char **argv,
	int *i, struct err *e)
{
	const char *word = argv[*i];
	const struct args_option *o;
	const char *equals = NULL;
	const char *value;

	if (word[1] == '-') {
		struct str name = str_of(word + 2);
		size_t at = str_find(name, '=');

		if (at < name.n)
			equals = name.p + at + 1;
		name = str_sub(name, 0, at);
		o = option_named(c, name);
		if (!o)
			return unknown_option(c, name, e);
	} else {
		o = word[2] ? NULL : option_lettered(c, word[1]);
		if (!o)
			return err_kind(e, ERR_USAGE,
				"unknown option %s (see --help)", word);
	}
	if (value_find(o, equals, argc, argv, i, &value, e) < 0)
		return -1;
	return option_set(o, value, e);
}

static int operands_check(const struct args_command *c, size_t n,
	const char **operands, struct err *e)
{
	if (n < c->min_operands)
		return err_kind(e, ERR_USAGE, "operand missing: %s %s", c->name,
			c->operands ? c->operands : "");
	if (n > c->max_operands)
		return err_kind(e, ERR_USAGE, "unexpected operand \"%s\"",
			operands[c->max_operands]);
	return 0;
}

int args_parse(const struct args_command *c, int argc, char **argv,
	const char **operands, size_t *n, struct err *e)
{
	bool options_end = false;

	*n = 0;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (options_end || word[0] != '-' || !word[1])
			operands[(*n)++] = word;
		else if (strcmp(word, "--") == 0)
			options_end = true;
		else if (option_take(c, argc, argv, &i, e) < 0)
			return -1;
	}
	return operands_check(c, *n, operands, e);
}

static const struct args_command *subcommand(
	const struct args_command *c, const char *name)
{
	for (const struct args_command *s = c->commands; s && s->name; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static int unknown_command(
	const struct args_command *c, const char *word, struct err *e)
{
	struct near n = near_make((struct str){word, strlen(word)});

	for (const struct args_command *s = c->commands; s->name; s++)
		if (s->summary)
			near_offer(&n, s->name);
	if (n.best)
		return err_kind(e, ERR_USAGE,
			"unknown command \"%s\"; did you mean %s?", word,
			n.best);
	return err_kind(
		e, ERR_USAGE, "unknown command \"%s\" (see --help)", word);
}

static int say_wrong(const char *where, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", where, e->text);
	return err_exit(e);
}

#define TEXT_MAX_BYTES ((size_t)1 << 20)

static int print_buf(struct buf *b)
{
	size_t done = fwrite(b->p, 1, b->n, stdout);
	bool is_whole = done == b->n && fflush(stdout) == 0 && !b->full;

	buf_free(b);
	return is_whole ? 0 : 1;
}

static int print_help(
	const struct args_command *top, const struct args_command *c)
{
	struct buf b = buf_growing(TEXT_MAX_BYTES);

	args_help(top, c, &b);
	return print_buf(&b);
}

/* The words that every command understands. -1: none of them. */
static int print_asked(const struct args_command *top,
	const struct args_command *c, const char *version, const char *word)
{
	struct buf b = buf_growing(TEXT_MAX_BYTES);

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		args_help(top, c, &b);
	else if (strcmp(word, "--version") == 0)
		buf_fmt(&b, "%s %s\n", top->name, version);
	else if (strcmp(word, "--man") == 0)
		args_man(top, version, &b);
	else if (strcmp(word, "--completion") == 0)
		args_completion(top, &b);
	else
		return -1;
	return print_buf(&b);
}

static int run_command(const struct args_command *top,
	const struct args_command *c, const char *version, int argc,
	char **argv)
{
	const char **operands;
	struct err e = {0};
	size_t n;
	int code;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		code = print_asked(top, c, version, argv[i]);
		if (code >= 0)
			return code;
	}
	operands = calloc((size_t)argc + 1, sizeof *operands);
	if (!operands)
		return 1;
	if (args_parse(c, argc, argv, operands, &n, &e) < 0)
		code = say_wrong(top == c ? top->name : c->name, &e);
	else
		code = c->run(n, operands);
	free(operands);
	return code;
}

int args_main(const struct args_command *top, const char *version, int argc,
	char **argv)
{
	const struct args_command *c = top;
	struct err e = {0};
	int skip = 0;
	int code;

	while (c->commands && argc - skip > 1 && argv[skip + 1][0] != '-') {
		const struct args_command *s = subcommand(c, argv[skip + 1]);

		if (!s && strcmp(argv[skip + 1], "help") == 0)
			return print_help(top, c);
		if (!s && c->run)
			break;
		if (!s) {
			unknown_command(c, argv[skip + 1], &e);
			return say_wrong(c->name, &e);
		}
		c = s;
		skip++;
	}
	if (c->run)
		return run_command(top, c, version, argc - skip, argv + skip);
	if (argc - skip > 1) {
		code = print_asked(top, c, version, argv[skip + 1]);
		if (code >= 0)
			return code;
		skip++;
		option_take(c, argc, argv, &skip, &e);
	} else {
		err_kind(&e, ERR_USAGE, "command missing (see --help)");
	}
	return say_wrong(c->name, &e);
}
