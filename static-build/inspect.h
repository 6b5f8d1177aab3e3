/*
 * inspect - refuse a program that is not what this project promises.
 *
 * The linker was asked for a static, position independent, hardened program;
 * a wrapper that ignores a flag does so silently.  So the result is read.
 * Every defect is said, with the ELF field that shows it; one is enough to
 * refuse.
 */
#ifndef KEELSON_STATIC_BUILD_INSPECT_H
#define KEELSON_STATIC_BUILD_INSPECT_H

#include "lib/base/args.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

struct inspect_rules {
	/* Texts that must not occur in any byte of the file: the project
	   root, the build directory. */
	const struct str *paths;
	size_t n_paths;
	bool need_cet; /* on x86-64 every part must be marked IBT and SHSTK */
};

/*
 * Look at one program.  Each defect is a line in `report`: "NAME: what it is
 * (where in the file it is seen)"; a remark that does not refuse starts with
 * "note: ".  Returns the number of defects, -1 when it can't be read as ELF.
 */
int inspect_program(struct str elf, const char *name,
	const struct inspect_rules *rules, struct buf *report, struct err *e);

/* `keelson inspect [--forbid TEXT] [--cet] PROGRAM...`: 1 for any defect. */
extern const struct args_option inspect_options[];
int inspect_main(size_t n, const char *const *operands);

/* The line of the command table. */
#define INSPECT_COMMAND                                                        \
	{                                                                      \
		.name = "inspect", .operands = "PROGRAM...",                   \
		.summary = "Refuse programs that are not static-pie, "         \
			   "hardened and free of build paths",                 \
		.text = "The directory worked in is always forbidden in "      \
			"a program's bytes; --forbid names more.",             \
		.options = inspect_options, .min_operands = 1,                 \
		.max_operands = SIZE_MAX, .run = inspect_main,                 \
	}

#endif
