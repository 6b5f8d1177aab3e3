/*
 * elf - read untrusted 64-bit little-endian ELF files.
 *
 * elf_open() checks every table and every range once; the getters cannot fail
 * afterwards and never leave the file.  Views point into the file's bytes,
 * which the caller owns.
 * Source: System V ABI, "Object Files".
 * Limits: ELF_PARTS_MAX segments and sections each.
 */
#ifndef KEELSON_ARC_ELF_H
#define KEELSON_ARC_ELF_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/* e_shnum and e_phnum below the reserved values (SHN_LORESERVE - 1). */
#define ELF_PARTS_MAX 65279

struct elf {
	struct str file;
	uint16_t type;    /* ET_REL, ET_EXEC, ET_DYN, ... of <elf.h> */
	uint16_t machine; /* EM_X86_64, EM_AARCH64, ... */
	uint64_t entry;
	size_t n_segments;
	size_t n_sections;
	size_t n_dynamic; /* entries up to DT_NULL */
	uint64_t segments_at, sections_at, dynamic_at; /* file offsets */
	struct str names; /* string table of section names */
};

struct elf_segment {
	uint32_t type;  /* PT_LOAD, ... */
	uint32_t flags; /* PF_R PF_W PF_X */
	uint64_t address;
	struct str data; /* the part that is in the file */
};

struct elf_section {
	struct str name;
	uint32_t type;
	uint64_t flags; /* SHF_ALLOC, SHF_MERGE, ... */
	uint64_t address, size, align;
	uint64_t entry_bytes; /* of a table or of merged constants; else 0 */
	uint64_t at;          /* file offset */
	struct str data;      /* empty for SHT_NOBITS */
};

struct elf_dynamic {
	int64_t tag; /* DT_NEEDED, ... */
	uint64_t value;
};

/*
 * Check a whole file.  Errors: ERR_INPUT, naming the field: not ELF, 32-bit
 * or big-endian, entries of another size than ELF64's, a table or a part
 * outside the file.
 */
int elf_open(struct str file, struct elf *out, struct err *e);

/* The i-th one; i must be below the count in *elf. */
struct elf_segment elf_segment(const struct elf *elf, size_t i);
struct elf_section elf_section(const struct elf *elf, size_t i);
struct elf_dynamic elf_dynamic(const struct elf *elf, size_t i);

/* The first one of a type or name; false, and *out undefined, without. */
bool elf_find_segment(
	const struct elf *elf, uint32_t type, struct elf_segment *out);
bool elf_find_section(
	const struct elf *elf, const char *name, struct elf_section *out);
bool elf_find_dynamic(const struct elf *elf, int64_t tag, uint64_t *value);

/* The bytes from a memory address to the end of its PT_LOAD segment. */
struct str elf_at_address(const struct elf *elf, uint64_t address);

/* The text at an offset of the dynamic string table; empty if outside. */
struct str elf_dynamic_text(const struct elf *elf, uint64_t offset);

#endif
