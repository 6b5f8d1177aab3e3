/* Arbitrary bytes: no getter may fault on what elf_open() accepts. */
#include "lib/arc/elf.h"
#include "lib/arc/elf_note.h"
#include "lib/arc/package_note.h"

#include <elf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

/* Touch both ends of a view, for AddressSanitizer. */
static void touch(struct str s)
{
	if (s.n > 0)
		sink = (unsigned char)(s.p[0] ^ s.p[s.n - 1]);
}

static void touch_notes(struct str notes, uint64_t align)
{
	struct elf_note note;

	while (elf_next_note(&notes, align, &note)) {
		touch(note.owner);
		touch(note.data);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str note;
	struct elf elf;

	if (elf_open((struct str){(const char *)data, size}, &elf, NULL) < 0)
		return 0;
	for (size_t i = 0; i < elf.n_segments; i++) {
		touch(elf_segment(&elf, i).data);
		touch_notes(elf_segment(&elf, i).data, i % 2 ? 4 : 8);
	}
	for (size_t i = 0; i < elf.n_sections; i++) {
		touch(elf_section(&elf, i).name);
		touch(elf_section(&elf, i).data);
	}
	for (size_t i = 0; i < elf.n_dynamic; i++)
		touch(elf_dynamic_text(&elf, elf_dynamic(&elf, i).value));
	touch(elf_at_address(&elf, elf.entry));
	if (package_note_find(
		    (struct str){(const char *)data, size}, &note, NULL) > 0)
		touch(note);
	return 0;
}
