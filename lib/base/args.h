/*
 * args - one table of options gives parsing, --help, the man page and shell
 * completion.
 *
 * A program is a command with options, or a tree of subcommands.  Long
 * options take `--name VALUE` or `--name=VALUE`; a switch takes none, or
 * `=true` / `=false` as Kubernetes programs do.  Options may stand before and
 * behind operands; `--` ends them.  An unknown word is refused with the
 * nearest known one.
 */
#ifndef KEELSON_BASE_ARGS_H
#define KEELSON_BASE_ARGS_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

enum args_type {
	ARGS_SWITCH, /* bool * */
	ARGS_TEXT,   /* const char ** : the last one counts */
	ARGS_LIST,   /* struct args_list * : every one counts */
	ARGS_NUMBER, /* uint64_t * within [min, max] */
	ARGS_SIZE,   /* uint64_t *, bytes: K M G T, Ki Mi Gi Ti behind */
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
	const char *meta;  /* what stands for the value in help: FILE, N */
	const char *help;  /* one sentence, no final dot */
	uint64_t min, max; /* for numbers, sizes and times; max 0: no limit */
	bool *was_given;   /* set true when the option occurs; may be NULL */
};

struct args_command {
	const char *name;     /* "serve"; for the program itself its name */
	const char *operands; /* as help shows them: "ARCHIVE [FILE...]" */
	const char *summary;  /* one line */
	const char *text;     /* more, for help and man page; may be NULL */
	const struct args_option *options; /* ended by a null name; or NULL */
	size_t min_operands;
	size_t max_operands;                 /* SIZE_MAX: any number */
	const struct args_command *commands; /* subcommands, or NULL */
	/* run it: operands are argv-like, returns an exit code */
	int (*run)(size_t n, const char *const *operands);
};

/*
 * Parse and run.  Handles --help, --version (prints "NAME VERSION"), `help`,
 * and the hidden `--man` (roff on standard output) and `--completion` (bash).
 * Returns the exit code: that of the command, 0 for help, 2 for a wrong
 * command line (said on standard error in one line).
 */
int args_main(const struct args_command *top, const char *version, int argc,
	char **argv);

/*
 * Parse options of one command only: the operands found are left in
 * operands[*n] (room for argc).  0 or -1 (ERR_USAGE).
 */
int args_parse(const struct args_command *c, int argc, char **argv,
	const char **operands, size_t *n, struct err *e);

/* The help text of c, a command of top's tree or top itself. */
void args_help(const struct args_command *top, const struct args_command *c,
	struct buf *out);
/* The man page, the completion script of a command tree. */
void args_man(
	const struct args_command *c, const char *version, struct buf *out);
void args_completion(const struct args_command *c, struct buf *out);

/* The parsers of sizes and times, for configuration files too. 0 or -1. */
int args_size(struct str s, uint64_t *bytes);
int args_time(struct str s, uint64_t *ms);

#endif
