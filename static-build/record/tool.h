/*
 * tool - find and run the program that the recorder is called in place of.
 */
#ifndef KEELSON_RECORD_TOOL_H
#define KEELSON_RECORD_TOOL_H

#include "static-build/record/context.h"

/* The last component of a path. */
const char *tool_base(const char *path);

/* The number of words in an argv. */
size_t tool_count(char *const *argv);

/*
 * The first executable called `name` on PATH that is not this recorder, and
 * that did not call it. 0, or -1 (ERR_ABSENT).
 */
int tool_find(const struct context *c, const char *name, char out[PATH_MAX],
	struct err *e);

/* Does this path lead to the recorder itself? */
bool tool_is_recorder(const struct context *c, const char *path);

/*
 * Run it and wait; *rc is its exit code, or 128 + signal as in a shell.  0, or
 * -1 when it could not be started.
 */
int tool_run(const char *path, char *const *argv, int *rc, struct err *e);

/* Replace this process by it; returns (-1) only on failure. */
int tool_become(const char *path, char *const *argv, struct err *e);

#endif
