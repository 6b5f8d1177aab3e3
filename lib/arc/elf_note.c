/*
 * elf_note - take header, owner and data of a note off a view, with padding.
 */
#include "lib/arc/elf_note.h"

#include "lib/arc/elf_bytes.h"

#define NHDR_BYTES 12

/* Take n bytes and their padding off *s; false if they are not there. */
static bool take_padded(
	struct str *s, uint64_t n, uint64_t align, struct str *out)
{
	uint64_t padded;

	if (n > s->n)
		return false;
	*out = (struct str){s->p, (size_t)n};
	padded = (n + align - 1) / align * align;
	*s = str_sub(*s, padded < s->n ? (size_t)padded : s->n, s->n);
	return true;
}

bool elf_next_note(struct str *notes, uint64_t align, struct elf_note *out)
{
	uint64_t pad = align == 8 ? 8 : 4;
	struct str head;

	if (!take_padded(notes, NHDR_BYTES, 4, &head))
		return false;
	out->type = elf_u32(head, 8);
	if (!take_padded(notes, elf_u32(head, 0), 4, &out->owner) ||
		!take_padded(notes, elf_u32(head, 4), pad, &out->data))
		return false;
	out->owner.n = str_find(out->owner, '\0');
	return true;
}
