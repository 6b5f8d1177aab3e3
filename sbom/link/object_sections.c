/*
 * object_sections - keep what the map is compared with, out of the section
 * headers of an object (System V ABI, "Sections").
 *
 * The objects of a link are read one after the other and not kept, so names
 * are copied, and the bytes of sections that the linker merges.  Members that
 * share their name keep the bytes of all sections, to be compared with the
 * program.
 */
#include "sbom/link/object_sections.h"

#include "lib/arc/elf.h"
#include "lib/arc/elf_bytes.h"

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

/* ---- what the linker changes ---- */

enum {
	OBJECT_HEADER_BYTES = 64, /* of a section */
	OBJECT_INFO_AT = 44,      /* sh_info in it */
	OBJECT_RELA_BYTES = 24,
	/* A relocation changes 8 bytes at most; a relaxed one also the opcode
	   before (x86-64 psABI B.2). */
	OBJECT_CHANGED_BEFORE = 4,
	OBJECT_CHANGED_AFTER = 8,
};

/* The relocations of a section, if it has any; i is its index. */
static struct str object_relocations(const struct elf *elf, size_t i)
{
	for (size_t k = 0; k < elf->n_sections; k++) {
		struct elf_section s = elf_section(elf, k);
		uint64_t at = elf->sections_at + k * OBJECT_HEADER_BYTES;

		if (s.type == SHT_RELA &&
			elf_u32(elf->file, at + OBJECT_INFO_AT) == i)
			return s.data;
	}
	return (struct str){0};
}

static int object_keep_changes(const struct elf *elf, size_t i,
	struct object_section *to, struct arena *a, struct err *e)
{
	struct str table = object_relocations(elf, i);
	size_t n = table.n / OBJECT_RELA_BYTES;
	uint64_t *changes = arena_alloc(a, (n + 1) * sizeof(*changes));

	if (changes == NULL)
		return object_no_memory(e);
	for (size_t k = 0; k < n; k++)
		changes[k] = elf_u64(table, k * OBJECT_RELA_BYTES);
	to->changes = changes;
	to->n_changes = n;
	return 0;
}

static bool object_is_changed(const struct object_section *s, uint64_t at)
{
	for (size_t i = 0; i < s->n_changes; i++)
		if (at + OBJECT_CHANGED_BEFORE >= s->changes[i] &&
			at < s->changes[i] + OBJECT_CHANGED_AFTER)
			return true;
	return false;
}

bool object_section_is(const struct object_section *s, struct str bytes)
{
	if (s->data.n == 0)
		return true;
	if (s->data.n != bytes.n)
		return false;
	for (size_t i = 0; i < bytes.n; i++)
		if (s->data.p[i] != bytes.p[i] && !object_is_changed(s, i))
			return false;
	return true;
}

/* ---- reading ---- */

static void object_fill(
	const struct elf_section *from, struct object_section *to)
{
	*to = (struct object_section){
		.size = from->size,
		.align = from->align,
		.entry_bytes = from->entry_bytes,
		.is_merged = (from->flags & SHF_MERGE) != 0 &&
			     from->entry_bytes != 0,
		.has_strings = (from->flags & SHF_STRINGS) != 0,
	};
}

static int object_read_data(struct str bytes, bool with_data, struct arena *a,
	struct object_sections *out, struct err *e)
{
	struct object_section *only = arena_alloc(a, sizeof(*only));

	if (only == NULL)
		return object_no_memory(e);
	*only = (struct object_section){
		.name = STR(".data"), .size = bytes.n, .align = 1};
	*out = (struct object_sections){only, 1, true};
	return with_data ? object_keep(a, bytes, &only->data, e) : 0;
}

int object_sections_read(struct str object, bool with_data, struct arena *a,
	struct object_sections *out, struct err *e)
{
	struct elf elf;

	*out = (struct object_sections){0};
	if (!str_has_prefix(object, STR(ELFMAG)))
		return object_read_data(object, with_data, a, out, e);
	if (elf_open(object, &elf, e) < 0)
		return -1;
	out->list = arena_alloc(a, (elf.n_sections + 1) * sizeof(*out->list));
	if (out->list == NULL)
		return object_no_memory(e);
	for (size_t i = 0; i < elf.n_sections; i++) {
		struct elf_section s = elf_section(&elf, i);
		struct object_section *to = &out->list[out->n];

		if ((s.flags & SHF_ALLOC) == 0)
			continue;
		out->n++;
		object_fill(&s, to);
		if (object_keep(a, s.name, &to->name, e) < 0)
			return -1;
		if ((with_data || to->is_merged) &&
			object_keep(a, s.data, &to->data, e) < 0)
			return -1;
		if (with_data && object_keep_changes(&elf, i, to, a, e) < 0)
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

size_t object_sections_count(
	const struct object_sections *s, struct str name, uint64_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->list[i].size == size && str_eq(s->list[i].name, name);
	return n;
}

bool object_sections_has(const struct object_sections *s, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->list[i].is_named && str_eq(s->list[i].name, name))
			return true;
	return false;
}
