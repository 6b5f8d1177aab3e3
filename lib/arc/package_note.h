/*
 * package_note - what a program says of itself and of what is linked into it:
 * the JSON in its note FDO (UAPI.8, .note.package), which strip keeps.
 *
 * The JSON is whoever's made the program, and may be anything.
 */
#ifndef KEELSON_ARC_PACKAGE_NOTE_H
#define KEELSON_ARC_PACKAGE_NOTE_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define PACKAGE_NOTE_TYPE 0xcafe1a7e

/*
 * The JSON of a program's note, a view into its file, whole in memory.  1, 0
 * when it has none, or -1: not an ELF file (elf.h).
 */
int package_note_find(struct str file, struct str *json, struct err *e);

#endif
