/*
 * le - numbers in little-endian order, as disc formats have them.
 */
#ifndef KEELSON_IMAGES_EXPORT_LE_H
#define KEELSON_IMAGES_EXPORT_LE_H

#include <stddef.h>
#include <stdint.h>

static inline void le_put(unsigned char *at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

static inline void le_put16(unsigned char *at, uint16_t value)
{
	le_put(at, value, 2);
}

static inline void le_put32(unsigned char *at, uint32_t value)
{
	le_put(at, value, 4);
}

static inline void le_put64(unsigned char *at, uint64_t value)
{
	le_put(at, value, 8);
}

#endif
