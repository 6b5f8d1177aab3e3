/*
 * pem - RFC 7468 text: labelled blocks of base64.
 *
 * Text between blocks is skipped, as every reader of certificate bundles
 * does.  Refused: a block that does not end, a wrong end label, headers
 * inside a block (encrypted keys of the old form), bad base64.
 */
#ifndef KEELSON_BASE_PEM_H
#define KEELSON_BASE_PEM_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/*
 * Move the next block off *text: its label ("CERTIFICATE") and its bytes,
 * which replace what der held.  1, 0 when no block is left, -1 malformed.
 */
int pem_next(
	struct str *text, struct str *label, struct buf *der, struct err *e);

/* How many blocks begin in text, good or not. */
size_t pem_count(struct str text);

#endif
