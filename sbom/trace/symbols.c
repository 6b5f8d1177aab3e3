/*
 * symbols - walk over .symtab (System V ABI, "Symbol Table").
 *
 * elf_open() has checked the ranges of both tables; names are read only up to
 * the end of .strtab.  Undefined symbols, sections and files are left out, and
 * so are thread-local ones, whose value is no address.
 */
#include "sbom/trace/symbols.h"

#include "lib/arc/elf.h"
#include "lib/arc/elf_bytes.h"

#include <elf.h>

enum { SYMBOL_BYTES = 24 };

int symbols_open(struct str program, struct symbols *out, struct err *e)
{
	struct elf_section table, names;
	struct elf elf;

	*out = (struct symbols){0};
	if (elf_open(program, &elf, e) < 0)
		return -1;
	if (elf_find_section(&elf, ".symtab", &table) &&
		elf_find_section(&elf, ".strtab", &names))
		*out = (struct symbols){table.data, names.data};
	return 0;
}

bool symbols_next(const struct symbols *s, size_t *i, struct symbol *out)
{
	for (; *i < s->table.n / SYMBOL_BYTES; ++*i) {
		uint64_t at = (uint64_t)*i * SYMBOL_BYTES;
		unsigned char info = (unsigned char)s->table.p[at + 4];
		unsigned type = ELF64_ST_TYPE(info);

		if ((type != STT_FUNC && type != STT_OBJECT &&
			    type != STT_NOTYPE) ||
			elf_u16(s->table, at + 6) == SHN_UNDEF ||
			elf_u16(s->table, at + 6) >= SHN_LORESERVE)
			continue;
		*out = (struct symbol){
			.name = elf_text(s->names, elf_u32(s->table, at)),
			.address = elf_u64(s->table, at + 8),
			.size = elf_u64(s->table, at + 16),
		};
		++*i;
		return true;
	}
	return false;
}

bool symbols_at(const struct symbols *s, uint64_t address, struct symbol *out)
{
	struct symbol x;
	bool found = false;
	size_t i = 0;

	while (symbols_next(s, &i, &x)) {
		if (x.name.n == 0 || x.address > address ||
			address - x.address >= x.size)
			continue;
		if (!found || x.address >= out->address)
			*out = x;
		found = true;
	}
	return found;
}
