/* git_id - a header and the bytes, digested. */
#include "sbom/graph/git_id.h"

#include "lib/arc/sha1.h"
#include "lib/arc/sha256.h"

#include <stdio.h>

void git_id(enum git_hash hash, struct str bytes, char hex[GIT_ID_HEX + 1])
{
	unsigned char digest[SHA256_BYTES];
	struct sha256 sha256;
	struct sha1 sha1;
	char head[32];
	size_t n = (size_t)snprintf(head, sizeof(head), "blob %zu", bytes.n);

	if (hash == GIT_SHA1) {
		sha1_start(&sha1);
		sha1_add(&sha1, head, n + 1);
		sha1_add(&sha1, bytes.p, bytes.n);
		sha1_finish(&sha1, digest);
		str_hex(digest, SHA1_BYTES, hex);
		return;
	}
	sha256_start(&sha256);
	sha256_add(&sha256, head, n + 1);
	sha256_add(&sha256, bytes.p, bytes.n);
	sha256_finish(&sha256, digest);
	str_hex(digest, SHA256_BYTES, hex);
}

int git_id_kind(struct str text, enum git_hash *out)
{
	for (size_t i = 0; i < text.n; i++)
		if (!(text.p[i] >= '0' && text.p[i] <= '9') &&
			!(text.p[i] >= 'a' && text.p[i] <= 'f'))
			return -1;
	*out = text.n == SHA1_HEX ? GIT_SHA1 : GIT_SHA256;
	return text.n == SHA1_HEX || text.n == SHA256_HEX ? 0 : -1;
}
