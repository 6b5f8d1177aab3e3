/*
 * probe - which mode works on this machine.
 */
#ifndef KEELSON_CONFINE_PROBE_H
#define KEELSON_CONFINE_PROBE_H

#include "static-build/confine/mode.h"
#include "static-build/confine/visible.h"

/*
 * Run the command in one mode after another until it succeeds, and print the
 * name of that mode, a line with what it lacks, and why the modes before it
 * were refused, one a line.
 */
int probe_modes(const struct visible *v, char **argv, struct err *e);

#endif
