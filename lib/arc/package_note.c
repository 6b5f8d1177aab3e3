/* package_note - the first note of its owner and type in the PT_NOTE segments,
   else in the section: the linker may leave it out of the segments. */
#include "lib/arc/package_note.h"

#include "lib/arc/elf.h"
#include "lib/arc/elf_note.h"

#include <elf.h>

static bool package_note_in(struct str notes, uint64_t align, struct str *json)
{
	struct elf_note note;
	size_t n;

	while (elf_next_note(&notes, align, &note)) {
		if (note.type != PACKAGE_NOTE_TYPE ||
			!str_is(note.owner, "FDO"))
			continue;
		n = str_find(note.data, '\0');
		*json = str_sub(note.data, 0, n);
		return true;
	}
	return false;
}

int package_note_find(struct str file, struct str *json, struct err *e)
{
	struct elf_section section;
	struct elf elf;

	if (elf_open(file, &elf, e) < 0)
		return -1;
	for (size_t i = 0; i < elf.n_segments; i++) {
		struct elf_segment s = elf_segment(&elf, i);

		if (s.type == PT_NOTE &&
			(package_note_in(s.data, 4, json) ||
				package_note_in(s.data, 8, json)))
			return 1;
	}
	return elf_find_section(&elf, ".note.package", &section) &&
	       package_note_in(section.data, 4, json);
}
