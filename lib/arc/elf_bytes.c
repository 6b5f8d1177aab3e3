/*
 * elf_bytes - little-endian numbers and bounded texts.
 */
#include "lib/arc/elf_bytes.h"

static uint64_t read_number(struct str bytes, uint64_t at, unsigned width)
{
	const unsigned char *p = (const unsigned char *)bytes.p + at;
	uint64_t v = 0;

	for (unsigned i = width; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

uint16_t elf_u16(struct str bytes, uint64_t at)
{
	return (uint16_t)read_number(bytes, at, 2);
}

uint32_t elf_u32(struct str bytes, uint64_t at)
{
	return (uint32_t)read_number(bytes, at, 4);
}

uint64_t elf_u64(struct str bytes, uint64_t at)
{
	return read_number(bytes, at, 8);
}

bool elf_holds(struct str bytes, uint64_t at, uint64_t size)
{
	return at <= bytes.n && size <= bytes.n - at;
}

struct str elf_text(struct str table, uint64_t at)
{
	struct str s;

	if (at >= table.n)
		return (struct str){0};
	s = str_sub(table, (size_t)at, table.n);
	s.n = str_find(s, '\0');
	return at + s.n < table.n ? s : (struct str){0};
}
