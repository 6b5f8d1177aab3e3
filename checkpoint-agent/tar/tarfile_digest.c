/*
 * tarfile_digest - libarchive undoes the compression and is told to look no
 * further into the bytes.
 */
#include "checkpoint-agent/tar/tarfile_digest.h"

#include "checkpoint-agent/tar/tarfile.h"
#include "checkpoint-agent/tar/tarfile_read.h"

static int hash_entry(struct tarfile_reader *r,
	unsigned char hash[SHA256_BYTES], struct err *e)
{
	static char room[TARFILE_COPY_BYTES];
	struct sha256 s;
	long n;

	sha256_start(&s);
	while ((n = tarfile_read_bytes(r, room, sizeof(room), e)) > 0)
		sha256_add(&s, room, (size_t)n);
	if (n < 0)
		return -1;
	sha256_finish(&s, hash);
	return 0;
}

int tarfile_digest(
	struct input *from, unsigned char hash[SHA256_BYTES], struct err *e)
{
	struct tarfile_reader *r;
	int rc;

	if (tarfile_read_raw(&r, from, e) < 0)
		return -1;
	rc = hash_entry(r, hash, e);
	tarfile_read_close(r);
	return rc;
}
