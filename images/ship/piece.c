/* piece - read with the ranges that the rest relies on. */
#include "images/ship/piece.h"

#include <stdio.h>
#include <string.h>

#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"

int piece_of(const struct node *descriptor, struct piece *out, struct err *e)
{
	struct str digest = node_text(node_get(descriptor, "digest"));
	struct str type = node_text(node_get(descriptor, "mediaType"));
	int64_t size = node_whole(node_get(descriptor, "size"), -1);
	char name[OCI_BLOB_NAME_BYTES];

	*out = (struct piece){.size_bytes = 0};
	if (str_copy(digest, out->digest, sizeof(out->digest)) < 0 ||
		oci_blob_name(out->digest, name, NULL) < 0)
		return err_kind(e, ERR_INPUT, "\"%.*s\" is not a sha256 digest",
			STR_ARG(digest));
	if (size < 0 || (uint64_t)size > PIECE_BYTES_MAX)
		return err_kind(
			e, ERR_INPUT, "%s: size missing or wrong", out->digest);
	if (type.n == 0 || str_copy(type, out->type, sizeof(out->type)) < 0)
		return err_kind(e, ERR_INPUT,
			"%s: mediaType missing or too long", out->digest);
	out->size_bytes = (uint64_t)size;
	return 0;
}

void piece_describe(struct piece *p, const char *type, struct str bytes)
{
	struct oci_blob b;

	oci_describe(&b, type, bytes);
	*p = (struct piece){.size_bytes = bytes.n};
	memcpy(p->digest, b.digest, sizeof(p->digest));
	snprintf(p->type, sizeof(p->type), "%s", type);
}

bool piece_is_index(const char *type)
{
	return strcmp(type, OCI_INDEX) == 0 || strcmp(type, DOCKER_LIST) == 0;
}

bool piece_is_manifest(const char *type)
{
	return piece_is_index(type) || strcmp(type, OCI_MANIFEST) == 0 ||
	       strcmp(type, DOCKER_MANIFEST) == 0;
}
