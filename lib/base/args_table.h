/*
 * args_table - the table that describes a program's command line: commands
 * and their options.
 *
 * Parsing, --help, the man page and shell completion all come from it.  Long
 * options are written `--name VALUE` or `--name=VALUE`; a switch has no value,
 * or `=true` / `=false` as in Kubernetes programs.
 */
#ifndef KEELSON_BASE_ARGS_TABLE_H
#define KEELSON_BASE_ARGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum args_type {
	ARGS_SWITCH, /* bool * */
	ARGS_TEXT,   /* const char **; the last occurrence counts */
	ARGS_LIST,   /* struct args_list *; every occurrence counts */
	ARGS_NUMBER, /* uint64_t * */
	ARGS_SIZE,   /* uint64_t *, bytes: with K M G T or Ki Mi Gi Ti */
	ARGS_TIME,   /* uint64_t *, milliseconds: as in duration.h */
};

#define ARGS_LIST_MAX 64

struct args_list {
	const char *item[ARGS_LIST_MAX];
	size_t n;
};

struct args_option {
	const char *name; /* without "--" */
	char letter;      /* one-letter form, 0 for none */
	enum args_type type;
	void *value;       /* where the value goes; holds the default before */
	const char *meta;  /* the value's name in help: FILE, N; or NULL */
	const char *help;  /* one sentence, no final dot */
	uint64_t min, max; /* of numbers, sizes and times; max 0: no limit */
	bool *was_given;   /* set true when the option occurs; may be NULL */
};

struct args_command {
	const char *name;     /* "serve"; of the top command, the program's */
	const char *operands; /* as help shows them: "ARCHIVE [FILE...]" */
	const char *summary;  /* one line; NULL hides the command */
	const char *text;     /* more for help and man page; may be NULL */
	const struct args_option *options; /* ended by a null name; or NULL */
	size_t min_operands;
	size_t max_operands;                 /* SIZE_MAX: any number */
	const struct args_command *commands; /* subcommands, or NULL */
	/* Run it with its operands; returns an exit code. */
	int (*run)(size_t n, const char *const *operands);
};

#endif
