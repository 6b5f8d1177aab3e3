/*
 * signed - the signatures and attestations that a layout holds about its image.
 *
 * Both of cosign's layouts are read: claims and envelopes under tags, and
 * sigstore bundles that refer to the image.  Reading checks their form and that
 * each is about this image; whether a key made one is asked afterwards.
 * Attestations of others' subjects and artifacts of other types are left alone.
 */
#ifndef KEELSON_IMAGES_ATTACH_SIGNED_H
#define KEELSON_IMAGES_ATTACH_SIGNED_H

#include "images/read/view.h"
#include "images/sign/sign_key.h"

#define SIGNED_MAX 1024 /* signatures of an image */

/* One signature. */
struct signed_item {
	bool is_bundle;       /* or under a tag */
	bool is_alone;        /* in its envelope */
	struct str predicate; /* type of an attestation's; else empty */
	unsigned char digest[SHA256_BYTES]; /* that was signed */
	struct str signature;               /* DER */
	struct str hint;                    /* of a bundle: the key */
	const struct entry *entry;
	const struct node *layer; /* descriptor of its bytes */
};

struct signed_list {
	struct signed_item *items; /* in the view's arena */
	size_t n, room;
};

/*
 * Read them all; texts are in the view's arena.
 * 0 or -1: malformed, cut off, of another payload type, about another image
 * than the one that it stands beside (ERR_INPUT), too many (ERR_LIMIT).
 */
int signed_read(struct view *v, struct signed_list *out, struct err *e);

/*
 * Did this key make it?  0 or 1; -1 (ERR_INPUT): it names this key, but is not
 * its signature.
 */
int signed_by(
	const struct signed_item *x, const struct sign_key *k, struct err *e);

#endif
