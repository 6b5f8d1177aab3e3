/*
 * run - a confined command, from its beginning to its end.
 */
#ifndef KEELSON_CONFINE_RUN_H
#define KEELSON_CONFINE_RUN_H

#include "static-build/confine/mode.h"
#include "static-build/confine/visible.h"

/*
 * Run the command with nothing open but its standard streams.  It and all that
 * it started ends before this returns, and when this process ends, as far as
 * the mode's namespaces allow.
 * @argv  ended by NULL; argv[0] is a path
 * @rc    its exit code, 128 and more for a signal
 */
int run_confined(const struct mode *m, const struct visible *v, char **argv,
	int *rc, struct err *e);

#endif
