/* crc32 - without a table. */
#include "images/export/crc32.h"

uint32_t crc32_add(uint32_t crc, uint32_t polynomial, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		crc ^= (unsigned char)bytes.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	}
	return crc;
}
