/*
 * aes_cbc - BearSSL's bit-sliced AES, which looks nothing up by secret bytes;
 * the only user of its block ciphers.
 */
#include "images/sign/aes_cbc.h"

#include <bearssl_block.h>
#include <string.h>

void aes_cbc_close(const unsigned char key[AES_KEY_BYTES],
	const unsigned char iv[AES_BLOCK_BYTES], struct str plain,
	struct buf *out)
{
	size_t pad = AES_BLOCK_BYTES - plain.n % AES_BLOCK_BYTES;
	unsigned char chain[AES_BLOCK_BYTES];
	br_aes_ct_cbcenc_keys keys;
	char *room = buf_room(out, plain.n + pad);

	if (!room)
		return;
	memcpy(room, plain.p, plain.n);
	memset(room + plain.n, (int)pad, pad);
	memcpy(chain, iv, sizeof(chain));
	br_aes_ct_cbcenc_init(&keys, key, AES_KEY_BYTES);
	br_aes_ct_cbcenc_run(&keys, chain, room, plain.n + pad);
	explicit_bzero(&keys, sizeof(keys));
}

/* The bytes of padding; 0 when it is wrong. */
static size_t padding_of(const unsigned char *plain, size_t n)
{
	size_t pad = plain[n - 1];
	unsigned wrong = 0;

	if (pad < 1 || pad > AES_BLOCK_BYTES)
		return 0;
	for (size_t i = n - pad; i < n; i++)
		wrong |= (unsigned)(plain[i] ^ pad);
	return wrong ? 0 : pad;
}

int aes_cbc_open(const unsigned char key[AES_KEY_BYTES],
	const unsigned char iv[AES_BLOCK_BYTES], struct str sealed,
	struct buf *out, struct err *e)
{
	unsigned char chain[AES_BLOCK_BYTES];
	br_aes_ct_cbcdec_keys keys;
	char *room;
	size_t pad;

	if (sealed.n == 0 || sealed.n % AES_BLOCK_BYTES)
		return err_kind(e, ERR_INPUT, "not whole blocks of AES");
	room = buf_room(out, sealed.n);
	if (!room)
		return err_kind(e, ERR_LIMIT, "too large");
	memcpy(room, sealed.p, sealed.n);
	memcpy(chain, iv, sizeof(chain));
	br_aes_ct_cbcdec_init(&keys, key, AES_KEY_BYTES);
	br_aes_ct_cbcdec_run(&keys, chain, room, sealed.n);
	explicit_bzero(&keys, sizeof(keys));
	pad = padding_of((const unsigned char *)room, sealed.n);
	out->n -= pad;
	return pad ? 0 : err_kind(e, ERR_INPUT, "the padding is wrong");
}
