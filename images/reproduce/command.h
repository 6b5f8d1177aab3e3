/*
 * command - run a program of the host and wait for it.
 */
#ifndef KEELSON_IMAGES_REPRODUCE_COMMAND_H
#define KEELSON_IMAGES_REPRODUCE_COMMAND_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Append what it prints; -1 if it does not end with 0, or cannot be run. */
int command_output(const char *const *argv, struct buf *out, struct err *e);

/* The same whatever its exit code, which is *rc. */
int command_text(
	const char *const *argv, struct buf *out, int *rc, struct err *e);

/* Is there a program of this name on PATH? */
bool command_is_there(const char *name);

/* The exit code of a child, 128 and more for a signal; -1: it is lost. */
int command_wait(pid_t pid);

#endif
