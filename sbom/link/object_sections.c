/*
 * object_sections - keep what the map is compared with, out of the section
 * headers of an object (System V ABI, "Sections").
 *
 * The objects of a link are read one after the other and not kept, so names
 * are copied, and the bytes of sections that the linker merges.
 */
#include "sbom/link/object_sections.h"

#include "lib/arc/elf.h"

#include <elf.h>

static int object_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the sections");
}

static int object_keep(
	struct arena *a, struct str s, struct str *out, struct err *e)
{
	*out = (struct str){arena_copy(a, s), s.n};
	return out->p == NULL ? object_no_memory(e) : 0;
}

static int object_add(struct object_sections *s, const struct elf_section *from,
	struct arena *a, struct err *e)
{
	struct object_section *to = &s->list[s->n++];

	*to = (struct object_section){
		.size = from->size,
		.align = from->align,
		.entry_bytes = from->entry_bytes,
		.is_merged = (from->flags & SHF_MERGE) != 0 &&
			     from->entry_bytes != 0,
		.has_strings = (from->flags & SHF_STRINGS) != 0,
	};
	if (object_keep(a, from->name, &to->name, e) < 0)
		return -1;
	return to->is_merged ? object_keep(a, from->data, &to->data, e) : 0;
}

int object_sections_read(struct str object, struct arena *a,
	struct object_sections *out, struct err *e)
{
	struct elf elf;

	*out = (struct object_sections){0};
	if (elf_open(object, &elf, e) < 0)
		return -1;
	out->list = arena_alloc(a, (elf.n_sections + 1) * sizeof(*out->list));
	if (out->list == NULL)
		return object_no_memory(e);
	for (size_t i = 0; i < elf.n_sections; i++) {
		struct elf_section s = elf_section(&elf, i);

		if ((s.flags & SHF_ALLOC) != 0 && object_add(out, &s, a, e) < 0)
			return -1;
	}
	return 0;
}

struct object_section *object_sections_take(
	struct object_sections *s, struct str name, uint64_t size)
{
	for (size_t i = 0; i < s->n; i++) {
		struct object_section *x = &s->list[i];

		if (x->is_named || x->size != size || !str_eq(x->name, name))
			continue;
		x->is_named = true;
		return x;
	}
	return NULL;
}

bool object_sections_has(const struct object_sections *s, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->list[i].is_named && str_eq(s->list[i].name, name))
			return true;
	return false;
}
