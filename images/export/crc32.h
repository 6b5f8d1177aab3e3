/*
 * crc32 - checksums of 32 bits, bit-reversed, a bit at a time: for the few
 * kilobytes of a header.
 */
#ifndef KEELSON_IMAGES_EXPORT_CRC32_H
#define KEELSON_IMAGES_EXPORT_CRC32_H

#include "lib/base/str.h"

#define CRC32_IEEE       0xedb88320u /* UEFI 2.10, 5.3.2: GPT */
#define CRC32_CASTAGNOLI 0x82f63b78u /* erofs_fs.h: erofs_super_block */

/* Go on from `crc`, which both formats begin as ~0; not inverted at the end. */
uint32_t crc32_add(uint32_t crc, uint32_t polynomial, struct str bytes);

#endif
