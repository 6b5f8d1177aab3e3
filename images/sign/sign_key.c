/*
 * sign_key - whatever half is given, point and fingerprint are derived.
 */
#include "images/sign/sign_key.h"

#include "images/sign/key_der.h"

#include <string.h>

int sign_key_of_point(const unsigned char point[P256_POINT_BYTES],
	struct sign_key *k, struct err *e)
{
	char room[KEY_PUBLIC_BYTES];
	struct buf der = buf_fixed(room, sizeof(room));

	*k = (struct sign_key){.point = {0}};
	if (!p256_is_point(point))
		return err_kind(e, ERR_INPUT,
			"the public key is no point of the curve P-256");
	memcpy(k->point, point, sizeof(k->point));
	key_der_put_public(point, &der);
	sha256_of(buf_view(&der), k->id);
	str_hex(k->id, sizeof(k->id), k->fingerprint);
	return 0;
}

int sign_key_of_secret(const unsigned char secret[P256_SECRET_BYTES],
	struct sign_key *k, struct err *e)
{
	unsigned char point[P256_POINT_BYTES];

	if (p256_point(secret, point, e) < 0 ||
		sign_key_of_point(point, k, e) < 0)
		return -1;
	memcpy(k->secret, secret, sizeof(k->secret));
	return 0;
}

int sign_key_new(struct sign_key *k, struct err *e)
{
	unsigned char secret[P256_SECRET_BYTES];
	int done = p256_new_secret(secret, e);

	if (done == 0)
		done = sign_key_of_secret(secret, k, e);
	explicit_bzero(secret, sizeof(secret));
	return done;
}

void sign_key_wipe(struct sign_key *k)
{
	explicit_bzero(k, sizeof(*k));
}
