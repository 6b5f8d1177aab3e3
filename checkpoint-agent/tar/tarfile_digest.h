/*
 * tarfile_digest - the SHA-256 of an archive before it was compressed.
 */
#ifndef CHECKPOINT_AGENT_TAR_TARFILE_DIGEST_H
#define CHECKPOINT_AGENT_TAR_TARFILE_DIGEST_H

#include "checkpoint-agent/tar/input.h"
#include "lib/arc/sha256.h"

/*
 * SHA-256 of the bytes of `from` after gzip, zstd or xz is undone: the DiffID
 * of a layer (OCI image-spec config.md).  0, or -1; ERR_LIMIT: they expand to
 * more than the input may.
 */
int tarfile_digest(
	struct input *from, unsigned char hash[SHA256_BYTES], struct err *e);

#endif
