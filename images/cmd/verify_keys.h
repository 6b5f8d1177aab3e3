/*
 * verify_keys - the public keys that `keelson verify` was given, and who signed
 * an image.
 */
#ifndef KEELSON_IMAGES_CMD_VERIFY_KEYS_H
#define KEELSON_IMAGES_CMD_VERIFY_KEYS_H

#include "images/attach/signed.h"
#include "lib/base/args.h"

struct verify_keys {
	struct sign_key keys[ARGS_LIST_MAX];
	const char *paths[ARGS_LIST_MAX];
	size_t n;
	size_t threshold;      /* so many of them must have signed an image */
	struct args_list with; /* layouts of other builders */
};

/*
 * Read the keys.  threshold: 0 for the default, 1.  0 or -1: a key cannot be
 * read, or is given twice; a threshold that is above the number of keys.
 */
int verify_keys_read(const struct args_list *paths, uint64_t threshold,
	struct verify_keys *out, struct err *e);

/* Who says what about one image. */
struct verify_signers {
	bool has_signed[ARGS_LIST_MAX]; /* by key */
	size_t n_signed;
	size_t n_signatures;     /* of the image, by whomever */
	struct signed_list list; /* in the view's arena */
};

/*
 * Find the keys that signed the image of a view.  0 or -1: what signed_read()
 * refuses; a signature that names one of the keys and is not its.
 */
int verify_signers_find(const struct verify_keys *k, struct view *v,
	struct verify_signers *out, struct err *e);

#endif
