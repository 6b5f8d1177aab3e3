/*
 * sbom_note - what a program says of itself, where nothing else is known.
 */
#ifndef KEELSON_IMAGES_CMD_SBOM_NOTE_H
#define KEELSON_IMAGES_CMD_SBOM_NOTE_H

#include "lib/base/err.h"

#include <stdbool.h>

/*
 * Print the note of a program, as a table or as JSON.  0, or -1: not a
 * program, no note, one that says nothing of what is linked.
 */
int sbom_note_show(const char *path, bool wants_json, struct err *e);

#endif
