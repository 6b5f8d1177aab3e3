/*
 * elf_bytes - numbers, ranges and texts in the bytes of an ELF file.
 *
 * Numbers are little-endian and assembled byte by byte, so neither alignment
 * nor the host's byte order matters.  The number readers do not check ranges:
 * elf_holds() does.
 */
#ifndef KEELSON_ARC_ELF_BYTES_H
#define KEELSON_ARC_ELF_BYTES_H

#include "lib/base/str.h"

/* The caller has checked that the number is within the bytes. */
uint16_t elf_u16(struct str bytes, uint64_t at);
uint32_t elf_u32(struct str bytes, uint64_t at);
uint64_t elf_u64(struct str bytes, uint64_t at);

/* Are there `size` bytes at offset `at`? */
bool elf_holds(struct str bytes, uint64_t at, uint64_t size);

/* The NUL-terminated text at an offset of a table; empty without a NUL. */
struct str elf_text(struct str table, uint64_t at);

#endif
