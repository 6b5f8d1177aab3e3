/*
 * verity - each level is the hashes of the blocks of the level below, until one
 * block is left; on the device the top comes first.
 */
#include "images/export/verity.h"

#include "images/export/le.h"

#include <string.h>

#define LEVELS_MAX 8

struct levels {
	struct buf level[LEVELS_MAX]; /* each padded to whole blocks */
	size_t n;
};

void verity_begin(struct verity *v, const unsigned char salt[VERITY_SALT_BYTES])
{
	*v = (struct verity){.leaves = buf_growing(VERITY_AREA_BYTES)};
	memcpy(v->salt, salt, VERITY_SALT_BYTES);
}

void verity_free(struct verity *v)
{
	buf_free(&v->leaves);
}

static void hash_block(const struct verity *v, const void *block,
	unsigned char out[SHA256_BYTES])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, v->salt, sizeof(v->salt));
	sha256_add(&h, block, VERITY_BLOCK_BYTES);
	sha256_finish(&h, out);
}

void verity_add(struct verity *v, const unsigned char block[VERITY_BLOCK_BYTES])
{
	unsigned char hash[SHA256_BYTES];

	hash_block(v, block, hash);
	buf_put(&v->leaves, hash, sizeof(hash));
	v->blocks++;
}

static void pad(struct buf *level)
{
	size_t over = level->n % VERITY_BLOCK_BYTES;

	if (over > 0)
		buf_fill(level, '\0', VERITY_BLOCK_BYTES - over);
}

static int build_levels(const struct verity *v, struct levels *l, struct err *e)
{
	const struct buf *below;

	l->level[0] = buf_growing(2 * VERITY_AREA_BYTES);
	buf_str(&l->level[0], buf_view(&v->leaves));
	pad(&l->level[0]);
	for (l->n = 1;; l->n++) {
		struct buf *next = &l->level[l->n];

		below = &l->level[l->n - 1];
		if (below->full || v->leaves.full || l->n == LEVELS_MAX)
			return err_kind(e, ERR_LIMIT,
				"no memory for the hashes of verity");
		if (below->n <= VERITY_BLOCK_BYTES)
			return 0;
		*next = buf_growing(2 * VERITY_AREA_BYTES);
		for (size_t at = 0; at < below->n; at += VERITY_BLOCK_BYTES) {
			unsigned char hash[SHA256_BYTES];

			hash_block(v, below->p + at, hash);
			buf_put(next, hash, sizeof(hash));
		}
		pad(next);
	}
}

static void put_super(const struct verity *v,
	const unsigned char uuid[VERITY_UUID_BYTES], struct buf *out)
{
	unsigned char block[VERITY_BLOCK_BYTES] = "verity";

	le_put32(block + 8, 1);  /* version of the format */
	le_put32(block + 12, 1); /* the salt is in front of what is hashed */
	memcpy(block + 16, uuid, VERITY_UUID_BYTES);
	memcpy(block + 32, "sha256", sizeof("sha256"));
	le_put32(block + 64, VERITY_BLOCK_BYTES);
	le_put32(block + 68, VERITY_BLOCK_BYTES);
	le_put64(block + 72, v->blocks);
	le_put16(block + 80, VERITY_SALT_BYTES);
	memcpy(block + 88, v->salt, VERITY_SALT_BYTES);
	buf_put(out, block, sizeof(block));
}

static int put_area(const struct verity *v, const struct levels *l,
	const unsigned char uuid[VERITY_UUID_BYTES], struct buf *out,
	struct err *e)
{
	put_super(v, uuid, out);
	for (size_t i = l->n; i-- > 0;)
		buf_str(out, buf_view(&l->level[i]));
	return out->full ? err_kind(e, ERR_LIMIT,
				   "no memory for the hashes of verity")
			 : 0;
}

int verity_end(const struct verity *v,
	const unsigned char uuid[VERITY_UUID_BYTES], struct buf *out,
	unsigned char root[SHA256_BYTES], struct err *e)
{
	struct levels l = {.n = 0};
	int done = v->blocks > 1 ? build_levels(v, &l, e)
				 : err_kind(e, ERR_LIMIT,
					   "verity wants two blocks or more");

	if (done == 0)
		done = put_area(v, &l, uuid, out, e);
	if (done == 0)
		hash_block(v, l.level[l.n - 1].p, root);
	for (size_t i = 0; i < LEVELS_MAX; i++)
		buf_free(&l.level[i]);
	return done;
}
