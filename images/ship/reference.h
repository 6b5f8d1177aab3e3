/*
 * reference - the name of an image in a registry: HOST[:PORT]/NAME, then :TAG,
 * @DIGEST or both.
 *
 * The registry is always named: "pause" alone is nobody's.  docker.io is what
 * everybody takes it for: a name of one part is in "library/".
 * Limits: a name of 255 bytes, a tag of 128 (distribution-spec 1.1, "Pulling
 * manifests"); digests are sha256.  Pure.
 */
#ifndef KEELSON_IMAGES_SHIP_REFERENCE_H
#define KEELSON_IMAGES_SHIP_REFERENCE_H

#include "lib/arc/oci.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/net/url.h"

#define REFERENCE_NAME_BYTES 256
#define REFERENCE_TAG_BYTES  129

struct reference {
	char registry[URL_AUTHORITY_BYTES]; /* as written: "localhost:5000" */
	char name[REFERENCE_NAME_BYTES];    /* "team/pause" */
	char tag[REFERENCE_TAG_BYTES];      /* "" without one */
	char digest[OCI_DIGEST_BYTES];      /* "" without one */
};

/* 0, or -1 (ERR_USAGE) with what is wrong. */
int reference_parse(struct str text, struct reference *out, struct err *e);

/* Is this a tag? */
bool reference_is_tag(struct str s);

/* "registry/name:tag" or "registry/name@digest", for messages. */
#define REFERENCE_TEXT_BYTES 800
const char *reference_text(
	const struct reference *r, char out[REFERENCE_TEXT_BYTES]);

/* What the API calls it: the digest if there is one, else the tag. */
const char *reference_version(const struct reference *r);

/* Does the text name a registry on this machine? */
bool reference_is_loopback(const char *registry);

#endif
