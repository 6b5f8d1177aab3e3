/*
 * args - goes down the tree of commands by the first words.
 *
 * --help and its like are looked for first, so that they work on a command
 * line that is otherwise wrong.
 */
#include "lib/base/args.h"

#include "lib/base/args_text.h"
#include "lib/base/args_words.h"
#include "lib/base/near.h"
#include "lib/base/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int report(const char *where, const struct err *e)
{
	fprintf(stderr, "%s: %s\n", where, e->text);
	return err_exit(e);
}

#define TEXT_MAX_BYTES ((size_t)1 << 20)

static int print_buf(struct buf *b)
{
	struct err e;
	int code = 0;

	if (b->full) {
		err_kind(&e, ERR_LIMIT, "out of memory");
		code = report("help", &e);
	} else {
		fwrite(b->p, 1, b->n, stdout);
	}
	buf_free(b);
	return code;
}

static int print_help(
	const struct args_command *top, const struct args_command *c)
{
	struct buf b = buf_growing(TEXT_MAX_BYTES);

	args_help(top, c, &b);
	return print_buf(&b);
}

/* Print what a word like --help asks for; -1 when it is no such word. */
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
	struct args_operands operands;
	struct err e = {0};
	int code;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		code = print_asked(top, c, version, argv[i]);
		if (code >= 0)
			return code;
	}
	operands.item = calloc((size_t)argc + 1, sizeof *operands.item);
	if (!operands.item) {
		err_kind(&e, ERR_LIMIT, "out of memory");
		return report(c->name, &e);
	}
	if (args_parse(c, argc, argv, &operands, &e) < 0)
		code = report(c->name, &e);
	else
		code = c->run(operands.n, operands.item);
	free(operands.item);
	return code;
}

/* A tree's command without one of its own: only --help and its like work. */
static int refuse_command(const struct args_command *top,
	const struct args_command *c, const char *version, struct args_words *w)
{
	struct err e = {0};
	int code;

	if (w->n == 1) {
		err_kind(&e, ERR_USAGE, "command missing (see --help)");
		return report(c->name, &e);
	}
	code = print_asked(top, c, version, w->word[1]);
	if (code >= 0)
		return code;
	w->at = 1;
	args_take_option(c, w, &e);
	return report(c->name, &e);
}

/* Go down the tree by the words of `help WORD...`. */
static int help_words(const struct args_command *top,
	const struct args_command *c, struct args_words *w, struct err *e)
{
	for (; w->n > 0 && w->word[0][0] != '-'; w->n--, w->word++) {
		const struct args_command *s = subcommand(c, w->word[0]);

		if (!s && c->commands)
			unknown_command(c, w->word[0], e);
		else if (!s)
			err_kind(
				e, ERR_USAGE, "%s has no subcommands", c->name);
		if (!s)
			return report(c->name, e);
		c = s;
	}
	return print_help(top, c);
}

static int run_words(const struct args_command *top, const char *version,
	int argc, char **argv)
{
	struct args_words w = {argc, argv, 0};
	const struct args_command *c = top;
	struct err e = {0};

	for (; c->commands && w.n > 1 && w.word[1][0] != '-'; w.n--, w.word++) {
		const struct args_command *s = subcommand(c, w.word[1]);

		if (!s && strcmp(w.word[1], "help") == 0) {
			w.n -= 2;
			w.word += 2;
			return help_words(top, c, &w, &e);
		}
		if (!s && c->run)
			break;
		if (!s) {
			unknown_command(c, w.word[1], &e);
			return report(c->name, &e);
		}
		c = s;
	}
	if (c->run)
		return run_command(top, c, version, w.n, w.word);
	return refuse_command(top, c, version, &w);
}

/*
 * Nobody may take a part of the output for all of it: status 0 says that it
 * was written.
 */
static int finish_output(const struct args_command *top, int code)
{
	struct err e;

	if (fflush(stdout) != 0)
		err_sys(&e, "standard output");
	else if (ferror(stdout))
		err_set(&e, "standard output: a write failed");
	else if (shown_has_lost())
		err_kind(&e, ERR_LIMIT, "the output is not complete");
	else
		return code;
	report(top->name, &e);
	return code ? code : 1;
}

int args_main(const struct args_command *top, const char *version, int argc,
	char **argv)
{
	return finish_output(top, run_words(top, version, argc, argv));
}
