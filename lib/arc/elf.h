/*
 * elf - read 64-bit little-endian ELF files, of which no byte is trusted.
 *
 * elf_open() checks every table and every range once; the getters after it
 * can't fail and never leave the file.  Views point into the file's bytes.
 * Refused by name: 32-bit and big-endian files, tables outside the file,
 * entry sizes other than the ELF64 ones, more than ELF_PARTS_MAX parts.
 */
#ifndef KEELSON_ARC_ELF_H
#define KEELSON_ARC_ELF_H

#include "lib/base/err.h"
#include "lib/base/str.h"

/* Sections of an object built with -ffunction-sections; segments. */
#define ELF_PARTS_MAX 65279 /* SHN_LORESERVE - 1 */

struct elf {
	struct str file;
	uint16_t type;    /* ET_REL, ET_EXEC, ET_DYN, ... of <elf.h> */
	uint16_t machine; /* EM_X86_64, EM_AARCH64, ... */
	uint64_t entry;
	size_t n_segments;
	size_t n_sections;
	size_t n_dynamic; /* entries up to DT_NULL */
	uint64_t segments_at, sections_at, dynamic_at; /* file offsets */
	struct str names;                              /* of sections */
};

struct elf_segment {
	uint32_t type;  /* PT_LOAD, ... */
	uint32_t flags; /* PF_R PF_W PF_X */
	uint64_t address, memory_size, align;
	struct str data; /* the part that the file holds */
};

struct elf_section {
	struct str name;
	uint32_t type, link, info;
	uint64_t flags, address, size, align, entry_size;
	uint64_t at;     /* file offset */
	struct str data; /* empty for SHT_NOBITS */
};

struct elf_dynamic {
	int64_t tag; /* DT_NEEDED, ... */
	uint64_t value;
};

struct elf_note {
	uint32_t type;
	struct str owner; /* without its NUL */
	struct str data;
};

/* Look at a whole file. 0, or -1 with the field that is wrong (ERR_INPUT). */
int elf_open(struct str file, struct elf *out, struct err *e);

/* The i-th one; i must be below the number that elf_open() found. */
struct elf_segment elf_segment(const struct elf *elf, size_t i);
struct elf_section elf_section(const struct elf *elf, size_t i);
struct elf_dynamic elf_dynamic(const struct elf *elf, size_t i);

/* The first one of a type or name. */
bool elf_find_segment(
	const struct elf *elf, uint32_t type, struct elf_segment *out);
bool elf_find_section(
	const struct elf *elf, const char *name, struct elf_section *out);
bool elf_find_dynamic(const struct elf *elf, int64_t tag, uint64_t *value);

/* The bytes from a memory address to the end of what its segment loads. */
struct str elf_at_address(const struct elf *elf, uint64_t address);

/* The text at an offset of the dynamic string table; empty when outside. */
struct str elf_dynamic_text(const struct elf *elf, uint64_t offset);

/*
 * Take the next note off *notes (the bytes of a PT_NOTE segment or SHT_NOTE
 * section). False at the end or where a note does not fit.
 * @align  that of the segment: names and data are padded to 8 when it is 8
 */
bool elf_next_note(struct str *notes, uint64_t align, struct elf_note *out);

#endif
