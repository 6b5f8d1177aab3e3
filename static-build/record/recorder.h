/*
 * recorder - the recorder as a program: it is called in place of a tool, by
 * the tool's name, and runs it.
 *
 * The build of this project has it as `record` (main.c); `keelson record`
 * is the same code under other names (static-build/outside).
 */
#ifndef KEELSON_RECORD_RECORDER_H
#define KEELSON_RECORD_RECORDER_H

#include <stdbool.h>

/* Ours, not the tool's: an event could not be written, or no tool was found. */
#define RECORDER_EXIT 125

/* Is this the name of a tool that the recorder runs, a path or not? */
bool recorder_knows(const char *name);

/* Do what argv[0] says. Returns the exit code: the tool's own, or 125. */
int recorder_main(int argc, char **argv);

#endif
