/*
 * bech32 - text for keys, with a checksum (BIP 173).
 *
 * As age uses it for recipients and identities: no limit of 90 characters,
 * one case, whole bytes.  Only decoding: keys are shown by those who made
 * them.
 */
#ifndef KEELSON_ARC_BECH32_H
#define KEELSON_ARC_BECH32_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define BECH32_TEXT_BYTES_MAX 256

/*
 * Decode text of the prefix hrp (in lower case, compared in either) into
 * exactly n bytes. 0 or -1.
 */
int bech32_decode(struct str text, const char *hrp, unsigned char *out,
	size_t n, struct err *e);

#endif
