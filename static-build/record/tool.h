/*
 * tool - find and run the program that the recorder stands in for.
 */
#ifndef KEELSON_RECORD_TOOL_H
#define KEELSON_RECORD_TOOL_H

#include "static-build/record/context.h"

/* The part of a path behind the last slash. */
const char *tool_base(const char *path);

/* How many words an argv has. */
size_t tool_count(char *const *argv);

/*
 * The next executable called `name` on PATH that is not this recorder.
 * Error: there is none.
 */
int tool_find(const struct context *c, const char *name, char out[PATH_MAX],
	struct err *e);

/*
 * Run it and wait; *rc is what a shell would say of its end (128 + signal).
 * Returns 0 or -1 when it could not be started.
 */
int tool_run(const char *path, char *const *argv, int *rc, struct err *e);

/* Become it; returns (-1) only when that failed. */
int tool_become(const char *path, char *const *argv, struct err *e);

#endif
