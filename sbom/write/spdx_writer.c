/* spdx_writer - texts, checksums and digests of an SPDX document. */
#include "sbom/write/spdx_writer.h"

#include "lib/arc/sha256.h"
#include "sbom/model/licence.h"

#include <sys/stat.h>

void spdx_fmt(struct json_out *o, const char *key, const char *fmt, ...)
{
	char memory[SPDX_TEXT_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));
	va_list ap;

	va_start(ap, fmt);
	buf_vfmt(&b, fmt, ap);
	va_end(ap);
	json_str(o, key, buf_view(&b));
}

void spdx_known(struct json_out *o, const char *key, struct str value)
{
	json_str(o, key, value.n > 0 ? value : STR(LICENCE_UNKNOWN));
}

const char *spdx_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void spdx_checksum(
	struct json_out *o, const char *algorithm, struct str value)
{
	json_map(o, NULL);
	json_text(o, "algorithm", algorithm);
	json_str(o, "checksumValue", value);
	json_map_end(o);
}

void spdx_checksums(struct json_out *o, struct str sha1, struct str sha256,
	struct str sha512)
{
	json_list(o, "checksums");
	if (sha1.n > 0)
		spdx_checksum(o, "SHA1", sha1);
	spdx_checksum(o, "SHA256", sha256);
	if (sha512.n > 0)
		spdx_checksum(o, "SHA512", sha512);
	json_list_end(o);
}

/* A symbolic link is described by the text of its target. */
struct str spdx_sha1(const struct model *m, const struct sbom_file *f)
{
	char hex[SHA1_HEX + 1];

	if (!S_ISLNK(f->mode))
		return f->sha1;
	sha1_hex(f->target, hex);
	return str_of(arena_copy(m->arena, str_of(hex)));
}

struct str spdx_sha256(const struct model *m, const struct sbom_file *f)
{
	char hex[SHA256_HEX + 1];

	if (!S_ISLNK(f->mode))
		return f->sha256;
	sha256_hex(f->target, hex);
	return str_of(arena_copy(m->arena, str_of(hex)));
}
