/*
 * roles - what the recorder does under each name.
 *
 * Each function takes the context and the argv it was called with, runs the
 * real tool, writes the event and sets *rc to the tool's exit code.  0, or -1
 * when the tool could not be run or the event not be written.
 */
#ifndef KEELSON_RECORD_ROLES_H
#define KEELSON_RECORD_ROLES_H

#include "static-build/record/context.h"

/* gcc, clang: run the driver so that its tools are started by the recorder. */
int driver_run(const struct context *c, char **argv, int *rc, struct err *e);
/* cc1 and as, as the driver starts them (argv[0] is the full path). */
int compiler_compile(
	const struct context *c, char **argv, int *rc, struct err *e);
int compiler_assemble(
	const struct context *c, char **argv, int *rc, struct err *e);

/* clang -cc1 and -cc1as. */
int clang_run(const struct context *c, char **argv, int *rc, struct err *e);

/* collect2 as the driver starts it, or ld called directly. */
int linker_link(const struct context *c, char **argv, int *rc, struct err *e);

/* ar and ranlib. */
int archiver_archive(
	const struct context *c, char **argv, int *rc, struct err *e);

/* Tools known by the files they leave: strip, objcopy, protoc, make's
   shell. */
int generator_run(const struct context *c, char **argv, int *rc, struct err *e);
int generator_shell(
	const struct context *c, char **argv, int *rc, struct err *e);

/* `record files`: complete a list of files with sizes and hashes. */
int files_list(const struct context *c, struct err *e);

#endif
