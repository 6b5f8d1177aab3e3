/*
 * release_image - an attestation signs a digest, so the statement is made of
 * the document again, and that digest is looked for among those signed.
 */
#include "images/release/release_image.h"

#include "images/attach/signed.h"
#include "images/sign/dsse.h"
#include "images/sign/statement.h"
#include "lib/base/fd.h"
#include "lib/base/whole.h"

#include <stdio.h>
#include <string.h>

#define DOCUMENT_BYTES      ((size_t)64 << 20)
#define DOCUMENT_PATH_BYTES 2048

static const struct {
	const char *ending, *type;
	bool is_needed;
} documents[] = {
	{"spdx.json", "https://spdx.dev/Document", true},
	{"spdx3.json", "https://spdx.dev/Document/v3.0", false},
	{"cdx.json", "https://cyclonedx.org/bom", true},
	{"openvex.json", "https://openvex.dev/ns", false},
	{"provenance.json", "https://slsa.dev/provenance/v1", true},
};

#define REPRODUCTION      "reproduction.json"
#define REPRODUCTION_TYPE "https://in-toto.io/attestation/test-result/v0.1"

const char *release_image_type(struct str ending)
{
	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++)
		if (str_is(ending, documents[i].ending))
			return documents[i].type;
	return NULL;
}

struct checked {
	const struct release_image *r;
	struct view *view;
	struct signed_list list;
};

/* As attach.h makes it: around a predicate, or the document itself. */
static int statement_digest(const struct checked *c, const char *type,
	struct str document, unsigned char out[SHA256_BYTES], struct err *e)
{
	AUTO_BUF struct buf statement = buf_growing(DOCUMENT_BYTES);
	const char *hex = view_digest(c->view->image) + strlen("sha256:");
	const struct node *doc;

	if (json_parse(document, &c->view->arena, &doc, e) < 0)
		return -1;
	if (node_get(doc, "_type"))
		buf_str(&statement, str_trim(document));
	else
		statement_put(&statement, hex, type, document);
	if (whole_check(&statement, "statement", e) < 0)
		return -1;
	dsse_digest(STR(STATEMENT_TYPE), buf_view(&statement), out);
	return 0;
}

static bool is_attested(const struct checked *c, const char *type,
	const unsigned char digest[SHA256_BYTES])
{
	for (size_t i = 0; i < c->list.n; i++) {
		const struct signed_item *x = &c->list.items[i];

		if (str_is(x->predicate, type) &&
			memcmp(x->digest, digest, SHA256_BYTES) == 0 &&
			signed_by(x, c->r->key, NULL) > 0)
			return true;
	}
	return false;
}

static int check_document(const struct checked *c, const char *name,
	const char *type, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	unsigned char digest[SHA256_BYTES];
	char path[DOCUMENT_PATH_BYTES];

	snprintf(path, sizeof(path), "%.1000s/%s", c->r->dir, name);
	if (file_read(path, &text, e) < 0)
		return -1;
	if (statement_digest(c, type, buf_view(&text), digest, e) < 0)
		return err_at(e, "%s", path);
	return is_attested(c, type, digest)
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s: the image images/%.*s has no attestation "
				 "of this document by the key of the release",
				 path, STR_ARG(c->r->name));
}

/* The second build may also have failed, or differed. */
static int check_result(const struct checked *c, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(DOCUMENT_BYTES);
	char path[DOCUMENT_PATH_BYTES];
	const struct node *doc;
	struct str result;

	snprintf(path, sizeof(path), "%.1000s/" REPRODUCTION, c->r->dir);
	if (file_read(path, &text, e) < 0)
		return -1;
	if (json_parse(buf_view(&text), &c->view->arena, &doc, e) < 0)
		return err_at(e, "%s", path);
	result = node_text(node_path(doc, "predicate", "result", NULL));
	return str_is(result, "PASSED")
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s: its result is \"%.*s\", not \"PASSED\"",
				 path, STR_ARG(result));
}

static int check_documents(const struct checked *c, size_t *n, struct err *e)
{
	char name[DOCUMENT_PATH_BYTES];

	for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++) {
		snprintf(name, sizeof(name), "images/%.*s.%s",
			STR_ARG(c->r->name), documents[i].ending);
		if (!documents[i].is_needed &&
			!release_list_find(c->r->files, str_of(name)))
			continue;
		if (check_document(c, name, documents[i].type, e) < 0)
			return -1;
		++*n;
	}
	++*n;
	if (check_document(c, REPRODUCTION, REPRODUCTION_TYPE, e) < 0)
		return -1;
	return check_result(c, e);
}

static int check_tar(const struct checked *c, struct err *e)
{
	AUTO_VIEW struct view tar = {0};
	char path[DOCUMENT_PATH_BYTES];

	snprintf(path, sizeof(path), "%.1000s/images/%.*s.tar", c->r->dir,
		STR_ARG(c->r->name));
	if (view_open(path, &tar, e) < 0)
		return -1;
	return strcmp(view_digest(tar.image), view_digest(c->view->image)) == 0
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "%s: another image than the layout's", path);
}

static int check_view(struct checked *c, size_t *n, struct err *e)
{
	struct str version = view_annotation(c->view, OCI_KEY("version"));

	if (!str_eq(version, c->r->version))
		return err_kind(e, ERR_INPUT,
			"%s: the image is of version \"%.*s\", the release "
			"%.*s",
			c->view->path, STR_ARG(version),
			STR_ARG(c->r->version));
	if (signed_read(c->view, &c->list, e) < 0)
		return err_at(e, "%s", c->view->path);
	if (check_tar(c, e) < 0)
		return -1;
	return check_documents(c, n, e);
}

int release_image_check(const struct release_image *r, size_t *n, struct err *e)
{
	AUTO_VIEW struct view v = {0};
	struct checked c = {.r = r, .view = &v};
	char path[DOCUMENT_PATH_BYTES];

	*n = 0;
	snprintf(path, sizeof(path), "%.1000s/images/%.*s", r->dir,
		STR_ARG(r->name));
	if (view_open(path, &v, e) < 0)
		return -1;
	return check_view(&c, n, e);
}
