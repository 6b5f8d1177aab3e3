/*
 * elf - check an ELF64 file once, then read its tables without checks.
 *
 * All range checks are in elf_open(); a getter recomputes the place of an
 * entry in a table that was checked.  Names are never trusted to end with a
 * NUL, and tables with an unknown entry size are refused.
 */
#include "lib/arc/elf.h"

#include "lib/arc/elf_bytes.h"

#include <elf.h>
#include <string.h>

enum {
	ELF_EHDR_BYTES = 64,
	ELF_PHDR_BYTES = 56,
	ELF_SHDR_BYTES = 64,
	ELF_DYN_BYTES = 16,
};

static struct str view(const struct elf *elf, uint64_t at, uint64_t size)
{
	return (struct str){elf->file.p + at, (size_t)size};
}

static int check_header(const struct elf *elf, struct err *e)
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

/* A table as the ELF header describes it. */
struct table {
	const char *what;
	uint64_t at;
	uint64_t n;
	unsigned entry_bytes;
};

/* Check the table, whose entries must be of this size. */
static int check_table(const struct elf *elf, const struct table *t,
	unsigned entry_bytes, struct err *e)
{
	if (t->n == 0)
		return 0;
	if (t->entry_bytes != entry_bytes)
		return err_kind(e, ERR_INPUT, "%s entries of %u bytes, not %u",
			t->what, t->entry_bytes, entry_bytes);
	if (t->n > ELF_PARTS_MAX)
		return err_kind(e, ERR_INPUT, "%llu %s: at most %d are read",
			(unsigned long long)t->n, t->what, ELF_PARTS_MAX);
	if (!elf_holds(elf->file, t->at, t->n * entry_bytes))
		return err_kind(e, ERR_INPUT, "table of %s is outside the file",
			t->what);
	return 0;
}

/* Elf64_Ehdr, by offset. */
static int read_header(struct elf *elf, struct err *e)
{
	const struct str file = elf->file;
	const struct table segments = {"segments", elf_u64(file, 32),
		elf_u16(file, 56), elf_u16(file, 54)};
	const struct table sections = {"sections", elf_u64(file, 40),
		elf_u16(file, 60), elf_u16(file, 58)};

	elf->type = elf_u16(file, 16);
	elf->machine = elf_u16(file, 18);
	elf->entry = elf_u64(file, 24);
	elf->segments_at = segments.at;
	elf->sections_at = sections.at;
	elf->n_segments = segments.n;
	elf->n_sections = sections.n;
	if (check_table(elf, &segments, ELF_PHDR_BYTES, e) < 0)
		return -1;
	return check_table(elf, &sections, ELF_SHDR_BYTES, e);
}

static int check_segments(const struct elf *elf, struct err *e)
{
	for (size_t i = 0; i < elf->n_segments; i++) {
		uint64_t at = elf->segments_at + i * ELF_PHDR_BYTES;
		uint64_t file_size = elf_u64(elf->file, at + 32);

		if (!elf_holds(
			    elf->file, elf_u64(elf->file, at + 8), file_size))
			return err_kind(e, ERR_INPUT,
				"segment %zu is outside the file", i);
		if (elf_u64(elf->file, at + 16) >
			UINT64_MAX - elf_u64(elf->file, at + 40))
			return err_kind(e, ERR_INPUT,
				"segment %zu wraps around the address space",
				i);
	}
	return 0;
}

static int check_sections(struct elf *elf, struct err *e)
{
	size_t names = elf_u16(elf->file, 62);

	for (size_t i = 0; i < elf->n_sections; i++) {
		uint64_t at = elf->sections_at + i * ELF_SHDR_BYTES;
		uint32_t type = elf_u32(elf->file, at + 4);

		if (type == SHT_NULL || type == SHT_NOBITS)
			continue;
		if (!elf_holds(elf->file, elf_u64(elf->file, at + 24),
			    elf_u64(elf->file, at + 32)))
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

static int find_dynamic_table(struct elf *elf, struct err *e)
{
	struct elf_segment s;

	if (!elf_find_segment(elf, PT_DYNAMIC, &s))
		return 0;
	elf->dynamic_at = (uint64_t)(s.data.p - elf->file.p);
	for (size_t i = 0; i < s.data.n / ELF_DYN_BYTES; i++) {
		uint64_t at = elf->dynamic_at + i * ELF_DYN_BYTES;

		if (elf_u64(elf->file, at) == DT_NULL) {
			elf->n_dynamic = i;
			return 0;
		}
	}
	return err_kind(e, ERR_INPUT, "PT_DYNAMIC has no DT_NULL at its end");
}

int elf_open(struct str file, struct elf *out, struct err *e)
{
	struct elf elf = {.file = file};

	if (check_header(&elf, e) < 0 || read_header(&elf, e) < 0 ||
		check_segments(&elf, e) < 0 || check_sections(&elf, e) < 0 ||
		find_dynamic_table(&elf, e) < 0)
		return -1;
	*out = elf;
	return 0;
}

struct elf_segment elf_segment(const struct elf *elf, size_t i)
{
	uint64_t at = elf->segments_at + i * ELF_PHDR_BYTES;

	return (struct elf_segment){
		.type = elf_u32(elf->file, at),
		.flags = elf_u32(elf->file, at + 4),
		.address = elf_u64(elf->file, at + 16),
		.data = view(elf, elf_u64(elf->file, at + 8),
			elf_u64(elf->file, at + 32)),
	};
}

struct elf_section elf_section(const struct elf *elf, size_t i)
{
	uint64_t at = elf->sections_at + i * ELF_SHDR_BYTES;
	struct elf_section s = {
		.name = elf_text(elf->names, elf_u32(elf->file, at)),
		.type = elf_u32(elf->file, at + 4),
		.flags = elf_u64(elf->file, at + 8),
		.address = elf_u64(elf->file, at + 16),
		.at = elf_u64(elf->file, at + 24),
		.size = elf_u64(elf->file, at + 32),
		.align = elf_u64(elf->file, at + 48),
		.entry_bytes = elf_u64(elf->file, at + 56),
	};

	if (s.type != SHT_NULL && s.type != SHT_NOBITS)
		s.data = view(elf, s.at, s.size);
	return s;
}

struct elf_dynamic elf_dynamic(const struct elf *elf, size_t i)
{
	uint64_t at = elf->dynamic_at + i * ELF_DYN_BYTES;

	return (struct elf_dynamic){
		.tag = (int64_t)elf_u64(elf->file, at),
		.value = elf_u64(elf->file, at + 8),
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
