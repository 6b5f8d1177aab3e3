/*
 * dsse - envelopes around signed statements.
 *
 * What is signed is the payload with its type and both lengths in front (the
 * "pre-authentication encoding"), never JSON.  An envelope holds the payload in
 * base64 and one signature or several.
 * Source: DSSE v1.0.2, protocol.md and envelope.md.
 */
#ifndef KEELSON_IMAGES_SIGN_DSSE_H
#define KEELSON_IMAGES_SIGN_DSSE_H

#include "lib/arc/sha256.h"
#include "lib/base/json.h"

#define DSSE_SIGNATURES_MAX 16

/* The digest that is signed. */
void dsse_digest(
	struct str type, struct str payload, unsigned char out[SHA256_BYTES]);

/* Append an envelope with one signature, in the order of cosign's. */
void dsse_put(struct json_out *o, const char *key, struct str type,
	struct str payload, struct str signature);

struct dsse {
	struct str type;                            /* payloadType */
	struct str payload;                         /* decoded, in the arena */
	struct str signatures[DSSE_SIGNATURES_MAX]; /* decoded, in the arena */
	size_t n;
};

/*
 * Read a parsed envelope.  0 or -1: a member is absent or no base64, no
 * signature (ERR_INPUT); too many (ERR_LIMIT).
 */
int dsse_read(const struct node *envelope, struct arena *a, struct dsse *out,
	struct err *e);

/* Decode the text of a member into the arena.  0, or -1 (ERR_INPUT). */
int dsse_bytes(const struct node *map, const char *key, struct arena *a,
	struct str *out, struct err *e);

#endif
