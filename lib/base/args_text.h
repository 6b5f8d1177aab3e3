/*
 * args_text - the texts about a command line that are made from its table.
 */
#ifndef KEELSON_BASE_ARGS_TEXT_H
#define KEELSON_BASE_ARGS_TEXT_H

#include "lib/base/args_table.h"
#include "lib/base/buf.h"

/* The help of c, which is top itself or a command of its tree. */
void args_help(const struct args_command *top, const struct args_command *c,
	struct buf *out);

/* A man page of section 8 in roff, with all commands. */
void args_man(
	const struct args_command *top, const char *version, struct buf *out);

/* A completion script for bash. */
void args_completion(const struct args_command *top, struct buf *out);

#endif
