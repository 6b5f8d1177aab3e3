/*
 * args_words - the words of a command line: options and operands.
 */
#ifndef KEELSON_BASE_ARGS_WORDS_H
#define KEELSON_BASE_ARGS_WORDS_H

#include "lib/base/args_table.h"
#include "lib/base/err.h"

struct args_words {
	int n;
	char **word;
	int at; /* the word at hand */
};

/*
 * Take the option at hand, with the next word when that is its value.  0, or
 * -1 with ERR_USAGE.
 */
int args_take_option(
	const struct args_command *c, struct args_words *w, struct err *e);

struct args_operands {
	const char **item; /* the caller's, with room for argc */
	size_t n;
};

/* Parse options and operands of one command.  0, or -1 with ERR_USAGE. */
int args_parse(const struct args_command *c, int argc, char **argv,
	struct args_operands *out, struct err *e);

#endif
