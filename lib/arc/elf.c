/*
 * elf - a bounded reader of ELF64 (System V ABI, "Object Files").
 *
 * What it is for: inspecting the programs that are shipped and following them
 * back through archive members and objects.
 *
 * How: numbers are put together byte by byte, so alignment and the host's
 * byte order never matter.  All range checks are in elf_open(); a getter
 * recomputes a place that was checked.
 *
 * What it refuses: see elf.h.  It never follows a table of unknown entry size
 * and never trusts a NUL to end a name.
 */
#include "lib/arc/elf.h"

#include <elf.h>
#include <string.h>

enum {
	ELF_EHDR_BYTES = 64,
	ELF_PHDR_BYTES = 56,
	ELF_SHDR_BYTES = 64,
	ELF_DYN_BYTES = 16,
	ELF_NHDR_BYTES = 12,
};

static uint64_t elf_number(const struct elf *elf, uint64_t at, unsigned bytes)
{
	const unsigned char *p = (const unsigned char *)elf->file.p + at;
	uint64_t v = 0;

	for (unsigned i = bytes; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

static uint16_t elf_u16(const struct elf *elf, uint64_t at)
{
	return (uint16_t)elf_number(elf, at, 2);
}

static uint32_t elf_u32(const struct elf *elf, uint64_t at)
{
	return (uint32_t)elf_number(elf, at, 4);
}

static uint64_t elf_u64(const struct elf *elf, uint64_t at)
{
	return elf_number(elf, at, 8);
}

static bool elf_holds(const struct elf *elf, uint64_t at, uint64_t size)
{
	return at <= elf->file.n && size <= elf->file.n - at;
}

static struct str elf_view(const struct elf *elf, uint64_t at, uint64_t size)
{
	return (struct str){elf->file.p + at, (size_t)size};
}

/* A text that ends with a NUL inside the table, else the empty view. */
static struct str elf_text(struct str table, uint64_t at)
{
	struct str s;

	if (at >= table.n)
		return (struct str){0};
	s = str_sub(table, (size_t)at, table.n);
	s.n = str_find(s, '\0');
	return at + s.n < table.n ? s : (struct str){0};
}

static int elf_check_header(const struct elf *elf, struct err *e)
{
	const unsigned char *p = (const unsigned char *)elf->file.p;

	if (elf->file.n < ELF_EHDR_BYTES || memcmp(p, ELFMAG, SELFMAG) != 0)
		return err_kind(e, ERR_INPUT, "not an ELF file");
	if (p[EI_CLASS] != ELFCLASS64)
		return err_kind(e, ERR_INPUT,
			"e_ident[EI_CLASS] is %u: only 64-bit ELF is read",
			p[EI_CLASS]);
	if (p[EI_DATA] != ELFDATA2LSB)
		return err_kind(e, ERR_INPUT,
			"e_ident[EI_DATA] is %u: only little-endian is read",
			p[EI_DATA]);
	if (p[EI_VERSION] != EV_CURRENT)
		return err_kind(e, ERR_INPUT, "e_ident[EI_VERSION] is %u",
			p[EI_VERSION]);
	return 0;
}

/* One table of n entries of a fixed size at a place inside the file. */
static int elf_check_table(const struct elf *elf, const char *what, uint64_t at,
	uint64_t n, unsigned size, unsigned want, struct err *e)
{
	if (n == 0)
		return 0;
	if (size != want)
		return err_kind(e, ERR_INPUT, "%s entries of %u bytes, not %u",
			what, size, want);
	if (n > ELF_PARTS_MAX)
		return err_kind(e, ERR_INPUT, "%llu %s: at most %d are read",
			(unsigned long long)n, what, ELF_PARTS_MAX);
	if (!elf_holds(elf, at, n * size))
		return err_kind(
			e, ERR_INPUT, "table of %s is outside the file", what);
	return 0;
}

static int elf_read_header(struct elf *elf, struct err *e)
{
	elf->type = elf_u16(elf, 16);
	elf->machine = elf_u16(elf, 18);
	elf->entry = elf_u64(elf, 24);
	elf->segments_at = elf_u64(elf, 32);
	elf->sections_at = elf_u64(elf, 40);
	elf->n_segments = elf_u16(elf, 56);
	elf->n_sections = elf_u16(elf, 60);
	if (elf_check_table(elf, "segments", elf->segments_at, elf->n_segments,
		    elf_u16(elf, 54), ELF_PHDR_BYTES, e) < 0)
		return -1;
	return elf_check_table(elf, "sections", elf->sections_at,
		elf->n_sections, elf_u16(elf, 58), ELF_SHDR_BYTES, e);
}

static int elf_check_segments(const struct elf *elf, struct err *e)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		uint64_t at = elf->segments_at + i * ELF_PHDR_BYTES;
		uint64_t file_size = elf_u64(elf, at + 32);

		if (!elf_holds(elf, elf_u64(elf, at + 8), file_size))
			return err_kind(e, ERR_INPUT,
				"segment %zu is outside the file", i);
		if (elf_u64(elf, at + 16) > UINT64_MAX - elf_u64(elf, at + 40))
			return err_kind(e, ERR_INPUT,
				"segment %zu wraps round the address space", i);
	}
	return 0;
}

static int elf_check_sections(struct elf *elf, struct err *e)
{
	size_t names = elf_u16(elf, 62);

	for (size_t i = 0; i < elf->n_sections; i++) {
		uint64_t at = elf->sections_at + i * ELF_SHDR_BYTES;
		uint32_t type = elf_u32(elf, at + 4);

		if (type == SHT_NULL || type == SHT_NOBITS)
			continue;
		if (!elf_holds(
			    elf, elf_u64(elf, at + 24), elf_u64(elf, at + 32)))
			return err_kind(e, ERR_INPUT,
				"section %zu is outside the file", i);
	}
	if (elf->n_sections == 0 || names == SHN_UNDEF)
		return 0;
	if (names >= elf->n_sections)
		return err_kind(e, ERR_INPUT, "e_shstrndx is %zu of %zu", names,
			elf->n_sections);
	elf->names = elf_section(elf, names).data;
	return 0;
}

static int elf_find_dynamic_table(struct elf *elf, struct err *e)
{
	struct elf_segment s;

	if (!elf_find_segment(elf, PT_DYNAMIC, &s))
		return 0;
	elf->dynamic_at = (uint64_t)(s.data.p - elf->file.p);
	for (size_t i = 0; i < s.data.n / ELF_DYN_BYTES; i++) {
		uint64_t at = elf->dynamic_at + i * ELF_DYN_BYTES;

		if (elf_u64(elf, at) == DT_NULL) {
			elf->n_dynamic = i;
			return 0;
		}
	}
	return err_kind(e, ERR_INPUT, "PT_DYNAMIC has no DT_NULL at its end");
}

int elf_open(struct str file, struct elf *out, struct err *e)
{
	struct elf elf = {.file = file};

	if (elf_check_header(&elf, e) < 0 || elf_read_header(&elf, e) < 0 ||
		elf_check_segments(&elf, e) < 0 ||
		elf_check_sections(&elf, e) < 0 ||
		elf_find_dynamic_table(&elf, e) < 0)
		return -1;
	*out = elf;
	return 0;
}

struct elf_segment elf_segment(const struct elf *elf, size_t i)
{
	uint64_t at = elf->segments_at + i * ELF_PHDR_BYTES;

	return (struct elf_segment){
		.type = elf_u32(elf, at),
		.flags = elf_u32(elf, at + 4),
		.address = elf_u64(elf, at + 16),
		.memory_size = elf_u64(elf, at + 40),
		.align = elf_u64(elf, at + 48),
		.data = elf_view(
			elf, elf_u64(elf, at + 8), elf_u64(elf, at + 32)),
	};
}

struct elf_section elf_section(const struct elf *elf, size_t i)
{
	uint64_t at = elf->sections_at + i * ELF_SHDR_BYTES;
	struct elf_section s = {
		.name = elf_text(elf->names, elf_u32(elf, at)),
		.type = elf_u32(elf, at + 4),
		.flags = elf_u64(elf, at + 8),
		.address = elf_u64(elf, at + 16),
		.at = elf_u64(elf, at + 24),
		.size = elf_u64(elf, at + 32),
		.link = elf_u32(elf, at + 40),
		.info = elf_u32(elf, at + 44),
		.align = elf_u64(elf, at + 48),
		.entry_size = elf_u64(elf, at + 56),
	};

	if (s.type != SHT_NULL && s.type != SHT_NOBITS)
		s.data = elf_view(elf, s.at, s.size);
	return s;
}

struct elf_dynamic elf_dynamic(const struct elf *elf, size_t i)
{
	uint64_t at = elf->dynamic_at + i * ELF_DYN_BYTES;

	return (struct elf_dynamic){
		.tag = (int64_t)elf_u64(elf, at),
		.value = elf_u64(elf, at + 8),
	};
}

bool elf_find_segment(
	const struct elf *elf, uint32_t type, struct elf_segment *out)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		*out = elf_segment(elf, i);
		if (out->type == type)
			return true;
	}
	return false;
}

bool elf_find_section(
	const struct elf *elf, const char *name, struct elf_section *out)
{
	for (size_t i = 0; i < elf->n_sections; i++) {
		*out = elf_section(elf, i);
		if (str_is(out->name, name))
			return true;
	}
	return false;
}

bool elf_find_dynamic(const struct elf *elf, int64_t tag, uint64_t *value)
{
	for (size_t i = 0; i < elf->n_dynamic; i++) {
		struct elf_dynamic d = elf_dynamic(elf, i);

		if (d.tag == tag) {
			*value = d.value;
			return true;
		}
	}
	return false;
}

struct str elf_at_address(const struct elf *elf, uint64_t address)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		struct elf_segment s = elf_segment(elf, i);

		if (s.type == PT_LOAD && address >= s.address &&
			address - s.address < s.data.n)
			return str_sub(s.data, (size_t)(address - s.address),
				s.data.n);
	}
	return (struct str){0};
}

struct str elf_dynamic_text(const struct elf *elf, uint64_t offset)
{
	uint64_t at, size;
	struct str table;

	if (!elf_find_dynamic(elf, DT_STRTAB, &at) ||
		!elf_find_dynamic(elf, DT_STRSZ, &size))
		return (struct str){0};
	table = elf_at_address(elf, at);
	if (size < table.n)
		table.n = (size_t)size;
	return elf_text(table, offset);
}

/* Take n bytes and their padding off *s; false when they are not there. */
static bool elf_take(struct str *s, uint64_t n, uint64_t align, struct str *out)
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
	const struct elf view = {.file = *notes};
	uint64_t pad = align == 8 ? 8 : 4;
	struct str head;

	if (!elf_take(notes, ELF_NHDR_BYTES, 4, &head))
		return false;
	out->type = elf_u32(&view, 8);
	if (!elf_take(notes, elf_u32(&view, 0), 4, &out->owner) ||
		!elf_take(notes, elf_u32(&view, 4), pad, &out->data))
		return false;
	out->owner.n = str_find(out->owner, '\0');
	return true;
}
