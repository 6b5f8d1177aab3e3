/*
 * elf_note - walk over the notes in a PT_NOTE segment or SHT_NOTE section.
 *
 * Source: System V ABI, "Note Section"; x86-64 psABI for padding to 8.
 */
#ifndef KEELSON_ARC_ELF_NOTE_H
#define KEELSON_ARC_ELF_NOTE_H

#include "lib/base/str.h"

struct elf_note {
	uint32_t type;
	struct str owner; /* without its NUL */
	struct str data;
};

/*
 * Take the next note off *notes.  False at the end, or if it does not fit.
 * @align  of the segment or section: data is padded to 8 if it is 8, else to 4
 */
bool elf_next_note(struct str *notes, uint64_t align, struct elf_note *out);

#endif
