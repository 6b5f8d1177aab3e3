/* spool - pread(2), so that no position matters. */
#include "images/ship/spool.h"

#include "lib/base/buf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SPOOL_READ_BYTES ((size_t)256 << 10)

static int hash_part(int fd, uint64_t offset, struct buf *room,
	struct sha256 *h, struct err *e)
{
	ssize_t n = pread(fd, room->p, room->n, (off_t)offset);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n < 0)
		return err_sys(e, "read");
	if (n == 0)
		return err_kind(e, ERR_INPUT, "the file is too short");
	sha256_add(h, room->p, (size_t)n);
	return (int)n;
}

int spool_hash(
	int fd, uint64_t offset, uint64_t n, struct sha256 *h, struct err *e)
{
	AUTO_BUF struct buf room = buf_growing(SPOOL_READ_BYTES);

	if (buf_room(&room, SPOOL_READ_BYTES) == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	while (n > 0) {
		int got;

		room.n = n < SPOOL_READ_BYTES ? (size_t)n : SPOOL_READ_BYTES;
		got = hash_part(fd, offset, &room, h, e);
		if (got < 0)
			return -1;
		offset += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return 0;
}

int spool_compare(const struct sha256 *h, const struct piece *p, struct err *e)
{
	unsigned char sum[SHA256_BYTES];
	char hex[SHA256_HEX + 1];

	sha256_finish(h, sum);
	str_hex(sum, sizeof(sum), hex);
	if (strcmp(p->digest + strlen("sha256:"), hex) != 0)
		return err_kind(e, ERR_INPUT, "%s: its bytes are sha256:%s",
			p->digest, hex);
	return 0;
}

int spool_check(int fd, uint64_t offset, const struct piece *p, struct err *e)
{
	struct sha256 h;

	sha256_start(&h);
	if (spool_hash(fd, offset, p->size_bytes, &h, e) < 0)
		return err_at(e, "%s", p->digest);
	return spool_compare(&h, p, e);
}
