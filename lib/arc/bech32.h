/*
 * bech32 - decode keys from text with a checksum.
 *
 * As age uses it: no limit of 90 characters, whole bytes only.  There is no
 * encoder, because keys are made and printed by age-keygen.
 * Source: BIP 173; C2SP age.md.
 */
#ifndef KEELSON_ARC_BECH32_H
#define KEELSON_ARC_BECH32_H

#include "lib/base/err.h"
#include "lib/base/str.h"

#define BECH32_TEXT_BYTES_MAX 256

/*
 * Decode text with the prefix hrp, given in lower case, into exactly n bytes.
 * Text may be all upper or all lower case.  Errors: ERR_INPUT; no message
 * contains the text.
 */
int bech32_decode(struct str text, const char *hrp, unsigned char *out,
	size_t n, struct err *e);

#endif
