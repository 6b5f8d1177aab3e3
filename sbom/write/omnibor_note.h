/*
 * omnibor_note - a copy of a program that carries the ids of its manifests.
 *
 * The section .note.omnibor is put behind all that the file has; nothing is
 * loaded from it, so no byte of the program moves and no second link is needed.
 * Of what was there only the ELF header changes, by which the sections are
 * found.
 * Source: OmniBOR 0.2, "Embedding in ELF files": owner OMNIBOR, type 1 for an
 * id of SHA-1, 2 for SHA-256.
 */
#ifndef KEELSON_SBOM_WRITE_OMNIBOR_NOTE_H
#define KEELSON_SBOM_WRITE_OMNIBOR_NOTE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

#define OMNIBOR_NOTE ".note.omnibor"

/*
 * Append the program with a note to out.
 * @sha1, sha256  ids of manifests in hex; sha1 may be empty
 * 0, or -1: ERR_INPUT no ELF file, one without sections, or with such a note
 * already.
 */
int omnibor_note_add(struct str program, struct str sha1, struct str sha256,
	struct buf *out, struct err *e);

/*
 * Are all sections that are loaded the same in both, bytes and addresses?
 * 0, or -1 naming the first that is not.
 */
int omnibor_note_compare(struct str before, struct str after, struct err *e);

#endif
