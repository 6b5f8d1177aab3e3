/*
 * vex_text - ids come from digests and times from the caller, so that equal
 * evidence gives equal bytes.
 */
#include "sbom/vex/vex_text.h"

#include "sbom/evidence/upstreams.h"

#include "lib/arc/sha256.h"

#include <string.h>

enum { VEX_ID_TEXT_MAX = 64 << 20 };

/* Percent-encode all but unreserved characters (RFC 3986 2.3, purl-spec). */
static void vex_encode(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') ||
			(c != '\0' && strchr("-._~", c) != NULL))
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}

void vex_product_purl(struct buf *b, const struct vex_product *p)
{
	buf_text(b, p->is_image ? "pkg:oci/" : "pkg:generic/");
	vex_encode(b, p->name);
	if (p->is_image) {
		buf_fmt(b, "@sha256%%3A%.*s", STR_ARG(p->sha256));
		return;
	}
	if (p->version.n > 0) {
		buf_byte(b, '@');
		vex_encode(b, p->version);
	}
	buf_fmt(b, "?checksum=sha256:%.*s", STR_ARG(p->sha256));
}

bool vex_is_deb(const struct lock_line *package)
{
	return package->line > 0;
}

void vex_deb_purl(struct buf *b, const struct lock_line *package)
{
	buf_text(b, "pkg:deb/debian/");
	vex_encode(b, package->package);
	buf_byte(b, '@');
	vex_encode(b, package->version);
}

static void vex_version_purl(
	struct buf *b, const struct lock_line *package, struct str version)
{
	buf_text(b, "pkg:generic/");
	vex_encode(b, package->package);
	if (version.n == 0)
		return;
	buf_byte(b, '@');
	vex_encode(b, version);
}

void vex_generic_purl(struct buf *b, const struct lock_line *package)
{
	vex_version_purl(b, package,
		vex_is_deb(package) ? upstream_version(package->version)
				    : package->version);
}

void vex_patched_purl(struct buf *b, const struct lock_line *package)
{
	vex_version_purl(b, package, package->version);
}

static void vex_digest_text(struct buf *b, const struct vex_document *d)
{
	vex_product_purl(b, d->product);
	buf_fmt(b, "\n%s\n%.*s\n", d->author, STR_ARG(d->time));
	for (size_t i = 0; i < d->statements->n; i++) {
		const struct vex_statement *s = &d->statements->list[i];

		buf_fmt(b, "%.*s %.*s %s\n", STR_ARG(s->cve),
			STR_ARG(s->package->package),
			vex_status_word(s->status));
		for (size_t k = 0; k < s->n_grounds; k++)
			buf_fmt(b, "\t%.*s\n", STR_ARG(s->grounds[k]));
	}
}

void vex_uuid(struct buf *b, const struct vex_document *d)
{
	AUTO_BUF struct buf text = buf_growing(VEX_ID_TEXT_MAX);
	char hex[SHA256_HEX + 1];

	vex_digest_text(&text, d);
	sha256_hex(buf_view(&text), hex);
	if (text.full)
		b->full = true;
	buf_fmt(b, "%.8s-%.4s-8%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12,
		hex + 15, hex + 18);
}

void vex_grounds(struct buf *b, const struct vex_document *d,
	const struct vex_statement *s)
{
	for (size_t i = 0; i < s->n_grounds; i++)
		buf_fmt(b, "%.*s. ", STR_ARG(s->grounds[i]));
	if (s->status == VEX_NOT_AFFECTED)
		buf_text(b, "A link that takes this code changes the answer. ");
	buf_fmt(b, "Found by: keelson vex%.*s --cve %.*s %s",
		STR_ARG(d->options), STR_ARG(s->cve), d->product->path);
}

void vex_json_buf(struct json_out *o, const char *key, const struct buf *b)
{
	if (b->full)
		o->b->full = true;
	json_str(o, key, buf_view(b));
}
