/*
 * documents - a manifest is known by the digest of its bytes, so those are
 * kept as they come, never written anew.
 */
#include "images/ship/documents.h"

#include "images/ship/call.h"

#include <stdio.h>
#include <string.h>

#define ACCEPT_ALL                                                             \
	OCI_INDEX ", " OCI_MANIFEST ", "                                       \
		  "application/vnd.docker.distribution.manifest.list.v2+json," \
		  " application/vnd.docker.distribution.manifest.v2+json"

const char *documents_tag(
	const char *digest, const char *suffix, char out[DOCUMENTS_TAG_BYTES])
{
	snprintf(out, DOCUMENTS_TAG_BYTES, "sha256-%s%s",
		digest + strlen("sha256:"), suffix);
	return out;
}

/* The media type, without parameters. */
static int take_type(const struct registry *r, const struct call_answer *a,
	struct piece *p, struct err *e)
{
	char type[PIECE_TYPE_BYTES];
	struct str value = {NULL, 0};

	call_field(a, "Content-Type", &value);
	value = str_trim(str_sub(value, 0, str_find(value, ';')));
	if (str_copy(value, type, sizeof(type)) < 0 || !piece_is_manifest(type))
		return err_kind(e, ERR_INPUT,
			"%s/%s: it is a %.*s, not the manifest of an image",
			r->ref.registry, r->ref.name, STR_ARG(value));
	piece_describe(p, type, buf_view(&a->text));
	return 0;
}

/* Version is a digest: are these its bytes? */
static int check_version(
	const char *version, const struct piece *p, struct err *e)
{
	if (str_has_prefix(str_of(version), STR("sha256:")) &&
		strcmp(version, p->digest) != 0)
		return err_kind(e, ERR_INPUT,
			"%s: the registry sent other bytes: %s", version,
			p->digest);
	return 0;
}

int documents_get(struct registry *r, const char *version, struct buf *out,
	struct piece *p, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};

	registry_path(r, &path, "manifests/%s", version);
	if (call_make(r,
		    &(struct call){.method = "GET",
			    .target = buf_view(&path),
			    .accept = ACCEPT_ALL,
			    .max_bytes = PIECE_DOCUMENT_BYTES},
		    &a, e) < 0)
		return -1;
	if (a.status != 200)
		return call_refused(r, &a, version, e);
	if (take_type(r, &a, p, e) < 0 || check_version(version, p, e) < 0)
		return -1;
	buf_reset(out);
	buf_str(out, buf_view(&a.text));
	return out->full ? err_kind(e, ERR_LIMIT, "%s: out of memory", version)
			 : 0;
}

/* What the registry says it has is what was sent. */
static int check_stored(const struct registry *r, const struct call_answer *a,
	const struct piece *p, struct err *e)
{
	struct str digest;

	if (call_field(a, "Docker-Content-Digest", &digest) &&
		!str_is(digest, p->digest))
		return err_kind(e, ERR_INPUT,
			"%s/%s: the registry changed %s to %.*s",
			r->ref.registry, r->ref.name, p->digest,
			STR_ARG(digest));
	return 0;
}

int documents_put(struct registry *r, const struct documents_new *d,
	bool *tells_referrers, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};
	const char *version = d->tag != NULL ? d->tag : d->piece->digest;
	struct str subject;

	registry_path(r, &path, "manifests/%s", version);
	if (call_make(r,
		    &(struct call){.method = "PUT",
			    .target = buf_view(&path),
			    .type = d->piece->type,
			    .body = d->bytes},
		    &a, e) < 0)
		return -1;
	if (a.status != 201)
		return call_refused(r, &a, version, e);
	*tells_referrers = call_field(&a, "OCI-Subject", &subject);
	return check_stored(r, &a, d->piece, e);
}

/* ---- referrers ------------------------------------------------------- */

static int by_tag(
	struct registry *r, const char *digest, struct buf *out, struct err *e)
{
	char tag[DOCUMENTS_TAG_BYTES];
	struct piece p;

	documents_tag(digest, "", tag);
	if (documents_get(r, tag, out, &p, e) == 0)
		return 0;
	if (e->kind != ERR_ABSENT)
		return -1;
	err_clear(e);
	buf_reset(out);
	return 0;
}

static bool has_no_referrers_api(unsigned status)
{
	return status == 400 || status == 404 || status == 405 || status == 406;
}

int documents_referrers(
	struct registry *r, const char *digest, struct buf *out, struct err *e)
{
	AUTO_BUF struct buf path = buf_growing(CALL_URL_BYTES);
	AUTO_ANSWER struct call_answer a = {0};
	struct str type = {NULL, 0}, link;

	buf_reset(out);
	registry_path(r, &path, "referrers/%s", digest);
	if (call_make(r,
		    &(struct call){.method = "GET",
			    .target = buf_view(&path),
			    .accept = OCI_INDEX,
			    .max_bytes = PIECE_DOCUMENT_BYTES},
		    &a, e) < 0)
		return -1;
	call_field(&a, "Content-Type", &type);
	if (a.status != 200 && !has_no_referrers_api(a.status))
		return call_refused(r, &a, "what refers to the image", e);
	if (a.status != 200 || !str_has_prefix(type, STR(OCI_INDEX)))
		return by_tag(r, digest, out, e);
	if (call_field(&a, "Link", &link))
		return err_kind(e, ERR_LIMIT,
			"%s: more things refer to it than one page holds",
			digest);
	buf_str(out, buf_view(&a.text));
	return out->full ? err_kind(e, ERR_LIMIT, "out of memory") : 0;
}
